import type { Settlement } from './settlement.interface.js';

/** What the handler did with one delivery. */
export type Outcome =
  /** Its promise and its observable have completed. */
  | { readonly type: 'completed' }
  /** It threw, rejected, errored or ran out of time. `error` is the original one. */
  | { readonly type: 'failed'; readonly error: unknown }
  /** It was started before and never came back, and its process is gone. It is not started again as long as this is decided. */
  | { readonly type: 'crashed' }
  /** It said itself what should happen: by the context, or by returning or throwing `Retry`, `DeadLetter` or `Drop`. */
  | { readonly type: 'decided'; readonly settlement: Settlement };
