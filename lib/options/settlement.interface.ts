/**
 * Why a message was given up. `exhausted`: its attempts are used up, or its retry policy has given up. `fatal`: no retry
 * can mend its error. `undecodable`: its bytes are not what the codec expects. `crashed`: its handler's process died each
 * time. `rejected`: the handler or an ack policy said so. `conflict`: another payload was handled under its
 * idempotency key. `lost`: it was trimmed from its stream before it could be handled again.
 */
export type DeadLetterReason = 'exhausted' | 'fatal' | 'undecodable' | 'crashed' | 'rejected' | 'conflict' | 'lost';

/** What becomes of a delivery. It is settled exactly once. */
export type Settlement =
  | { readonly type: 'ack' }
  /** Handle it again after `delay` ms. `hold`: later messages (of its key) wait for it; a batch has no order, and so nobody does. */
  | { readonly type: 'retry'; readonly delay: number; readonly hold?: boolean; readonly error?: unknown }
  /** Hand it back; no attempt is charged. */
  | { readonly type: 'release' }
  /** Give it up and keep it in `<key>:dlq`. `detail` is the user's own reason. */
  | {
      readonly type: 'deadLetter';
      readonly reason: DeadLetterReason;
      readonly detail?: string | undefined;
      readonly error?: unknown;
    }
  /** Give it up and keep nothing. */
  | { readonly type: 'drop'; readonly reason: string; readonly error?: unknown };
