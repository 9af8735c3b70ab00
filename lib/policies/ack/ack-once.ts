import type { AckPolicy, OnceOptions } from '../../options/ack-policy.interface.js';
import { assertOptions } from '../../options/check.js';
import { type ResolvedOnce, onceObject, resolveOnce } from '../../options/index.js';

/**
 * `'once'`: as `'after'`, and a message whose idempotency key is done already is acknowledged without being handled.
 *
 * Effectively once are the writes of `context.transaction`: they, the done-mark and the acknowledgement are one script,
 * behind the check that the message still belongs to this consumer. Effects elsewhere (a database, an HTTP call) can
 * happen twice: give them `context.idempotencyKey`.
 *
 * - **The handler fails**: retried, then dead-lettered. Its transaction is not applied and nothing is marked as done.
 * - **The process is killed before or while the handler runs**: the message is handled again, as with `'after'`.
 * - **… after it has completed, before Redis has the script**: the message is handled again. Effects elsewhere happen
 *   twice, the transaction once.
 * - **… after that**: done, whether the answer arrived or not.
 * - **Redis restarts and has lost its last second** (AOF `everysec`): transaction, done-mark and acknowledgement are one
 *   write and go together. The message is handled again, and its transaction counts once.
 * - **The lease is lost**: another consumer handles the message, too. The script of the first one is refused as a whole.
 * - **A double arrives after the `window`**, or the done-mark was evicted (`maxmemory-policy` must be `noeviction`): it is
 *   handled again.
 * - **Another payload comes with the same key**: dead-lettered as `conflict`.
 *
 * @throws InvalidOptionError from the constructor.
 */
export class AckOnce implements AckPolicy {
  readonly timing = 'after';
  readonly once: ResolvedOnce;

  constructor(options: OnceOptions = {}) {
    assertOptions('AckOnce', onceObject, options);
    this.once = resolveOnce(options);
  }
}
