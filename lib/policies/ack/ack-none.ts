import type { AckPolicy } from '../../options/ack-policy.interface.js';

/**
 * `'none'`: Redis forgets a message when it hands it out (NOACK). At most once, and the fastest.
 *
 * - **The handler fails**, or asks for a retry or a dead letter: the message is dropped, with a log line and a `dropped` event.
 * - **The process is killed**, at whatever time: everything that it had read and not handled is lost.
 * - **Redis does not get through with its answer**: everything in that answer is lost.
 * - **Redis restarts and has lost its last second** (AOF `everysec`): it hands out again what it handed out in that second.
 * - **The lease**: there is none to lose.
 */
export class AckNone implements AckPolicy {
  readonly timing = 'none';
}
