import type { Settlement } from './settlement.js';

/** What the handler did with one delivery. */
export type Outcome =
  /** Its promise and its observable have completed. */
  | { readonly type: 'completed' }
  /** It threw, rejected, errored or ran out of time. `error` is the original one. */
  | { readonly type: 'failed'; readonly error: unknown }
  /** It was started as often as allowed and never came back: no settlement of its last attempt is known. */
  | { readonly type: 'crashed' }
  /** It said itself what should happen: by the context, or by returning or throwing `Retry`, `DeadLetter` or `Drop`. */
  | { readonly type: 'decided'; readonly settlement: Settlement };

/** The outcome of a handler that finished. */
export const COMPLETED: Outcome = Object.freeze({ type: 'completed' });
