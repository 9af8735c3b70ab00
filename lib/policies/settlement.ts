/** Why a message was given up. */
export type DeadLetterReason = 'exhausted' | 'fatal' | 'undecodable' | 'crashed' | 'rejected';

/** What becomes of a delivery. It is settled exactly once. */
export type Settlement =
  | { readonly type: 'ack' }
  /** Handle it again after `delay` ms. */
  | { readonly type: 'retry'; readonly delay: number; readonly error?: unknown }
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

/** The settlement of a message that was handled. */
export const ACK: Settlement = Object.freeze({ type: 'ack' });

/** The settlement of a message that was taken and not started. */
export const RELEASE: Settlement = Object.freeze({ type: 'release' });
