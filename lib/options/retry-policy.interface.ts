import type { Message, Source } from '../message/index.js';

/** What a retry policy knows of a failed attempt. */
export interface HandlerFailure {
  /** What the handler threw; a `HandlerCrashedError` where its process died; undefined where it asked for a retry itself. */
  readonly error: unknown;
  /** The attempt that failed: 1 is the first. */
  readonly attempt: number;
  readonly message: Message;
  readonly source: Source;
}

/**
 * What becomes of a failed message: ms until the next attempt, or why it is given up. A dead letter's reason is
 * `exhausted` (`crashed` where the process died), and its detail is the text given here.
 */
export type RetryDecision =
  { readonly retryAfter: number } | { readonly deadLetter: string } | { readonly drop: string };

/**
 * Decides what becomes of a message whose attempt failed. It alone bounds the attempts, and no error is fatal unless it
 * says so. It is asked as well
 *
 * - when a handler asks for a retry itself: the handler's delay counts, unless the policy gives the message up.
 * - when the handler's process died: `retryAfter` then means now, as the message has waited for its lease already.
 *
 * Bytes that cannot be decoded go to the dead letters without its being asked.
 *
 * @example
 * ```ts
 * @Injectable()
 * export class BankHours implements RetryPolicy {
 *   constructor(private readonly calendar: Calendar) {}
 *   decide({ attempt, error }: HandlerFailure): RetryDecision {
 *     if (attempt >= 10) return { deadLetter: 'ten banking days' };
 *     return { retryAfter: this.calendar.msUntilOpen() };
 *   }
 * }
 * ```
 */
export interface RetryPolicy {
  /** Answers at once, not with a promise. Where it throws, or gives no delay to wait for, the message is retried after a second. */
  decide(failure: HandlerFailure): RetryDecision;
}

/** A retry policy: an instance, or a class that is taken from the container or made without arguments. */
export type RetryPolicySource = RetryPolicy | (new (...args: never[]) => RetryPolicy);
