import type { AckPolicy } from '../../options/ack-policy.interface.js';

/**
 * `'manual'`: a message is acknowledged when `context.ack()` is called, during the handler's run or after it has returned.
 * At least once.
 *
 * - **The handler fails** before it has settled the message: retried, then dead-lettered, as with `'after'`.
 * - **It has returned and never settles the message**: after `timeout` (or `lease`, where there is none) the attempt has
 *   failed with an `UnsettledMessageError`, and an `unsettled` event tells of it.
 * - **The process is killed before the message is settled**: another consumer takes it over when its lease has run out. The
 *   attempt is charged when the handler had started, also when it had returned.
 * - **… after `context.ack()`, before Redis has it**: the message is handled again.
 * - **Redis restarts and has lost its last second** (AOF `everysec`): acknowledgements of that second are lost, so their
 *   messages are handled again; entries that were appended in it are gone.
 * - **The lease is lost**: another consumer handles the message, too. What is settled here afterwards is not carried out.
 */
export class AckManual implements AckPolicy {
  readonly timing = 'manual';
}
