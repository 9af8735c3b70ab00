import type { AckPolicy } from '../../options/ack-policy.interface.js';

/**
 * `'before'`: a message is acknowledged, and then its handler starts. There is no retry.
 *
 * - **The handler fails**, or asks for a retry: the message goes to the dead letters.
 * - **The process is killed before the acknowledgement**: another consumer takes the message over when its lease has run out.
 * - **… after it, before the handler has completed**: the message is lost.
 * - **… after the handler has completed**: nothing is lost or done twice.
 * - **Redis restarts and has lost its last second** (AOF `everysec`): acknowledgements of that second are lost, so their
 *   messages are handled once more: this is the one way to a double. Entries that were appended in it are gone, and so are
 *   dead letters.
 * - **The lease is lost** before the acknowledgement: the handler does not start here. Afterwards there is no lease to lose.
 */
export class AckBefore implements AckPolicy {
  readonly timing = 'before';
}
