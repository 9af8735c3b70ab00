/** A class of errors, as `instanceof` takes it. */
export type ErrorClass = abstract new (...args: never[]) => unknown;

/** How long to wait before the next attempt. */
export interface BackoffOptions {
  /** `'fixed'`: always `delay`. `'exponential'`: `delay`, twice, four times … */
  readonly type: 'fixed' | 'exponential';
  /** Milliseconds before the second attempt. Minimum: 0. */
  readonly delay: number;
  /** The longest wait in ms. @default 60_000 */
  readonly max?: number;
  /** The part of the wait that is random, 0 to 1: 0.2 gives 80 to 100 % of it. @default 0 */
  readonly jitter?: number;
}

/** Milliseconds before the next attempt; `attempt` is the one that just failed, the first being 1. */
export type BackoffFunction = (attempt: number, error: unknown) => number;

/** When a failed message is handled again, and when it is given up. */
export interface RetryOptions {
  /** How often the handler is started for one message at most, the first time included. Minimum: 1. @default 5 */
  readonly attempts?: number;
  /**
   * How long to wait before the next attempt: an object, or a function that gives ms. Where the function throws, or gives
   * no finite number, it is a second; what is below 0 counts as 0. @default { type: 'fixed', delay: 1000 }
   */
  readonly backoff?: BackoffOptions | BackoffFunction;
  /** Errors that no retry can mend: the message goes to the dead letters at once. Causes are looked at, too. */
  readonly fatal?: readonly ErrorClass[];
  /** Errors to retry although they are fatal by default (validation, 4xx, TypeError and the like). */
  readonly retryable?: readonly ErrorClass[];
  /**
   * Later messages wait while a failed one waits for its retry: those of the same key with `orderBy`, else all of this
   * handler in this process. @default false
   */
  readonly hold?: boolean;
}
