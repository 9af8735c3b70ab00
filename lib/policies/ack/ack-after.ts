import type { AckPolicy } from '../../options/ack-policy.interface.js';

/**
 * `'after'`, the default: a message is acknowledged when its handler's promise and observable have completed. At least once.
 *
 * - **The handler fails**: the message is retried, then dead-lettered.
 * - **The process is killed before the handler starts**: another consumer takes the message over when its lease has run
 *   out. No attempt is charged.
 * - **… while it runs**: the same, and the attempt is charged. When all attempts ended so, it is dead-lettered as `crashed`.
 * - **… after it has completed, before Redis has the acknowledgement**: the message is handled again.
 * - **Redis restarts and has lost its last second** (AOF `everysec`): acknowledgements of that second are lost, so their
 *   messages are handled again; entries that were appended in it are gone.
 * - **The lease is lost** (the event loop was kept busy for longer): another consumer handles the message, too. What the
 *   first one makes of it is not carried out.
 */
export class AckAfter implements AckPolicy {
  readonly timing = 'after';
}
