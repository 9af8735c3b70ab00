import type { Settlement } from '../options/settlement.interface.js';

/** Base class of what a handler returns or throws to say what should become of its message. */
export abstract class ControlFlow extends Error {
  abstract readonly settlement: Settlement;
}

/** @throws RangeError where it is no time to wait. */
export function wholeDelay(delay: number): number {
  if (delay >= 0 && Number.isFinite(delay)) return Math.round(delay);
  throw new RangeError(`A retry cannot wait for ${delay} ms; the delay must be 0 or more`);
}

/**
 * Handle the message again after this delay instead of the policy's. It counts as an attempt: after the last one the
 * message goes to the dead letters.
 *
 * @example
 * ```ts
 * if (!(await bank.isOpen())) return Retry.after(60_000);
 * ```
 */
export class Retry extends ControlFlow {
  readonly settlement: Settlement;

  private constructor(readonly delay: number) {
    super(`retry after ${delay} ms`);
    this.settlement = { type: 'retry', delay };
  }

  /**
   * To be returned or thrown by a handler.
   *
   * @param delay milliseconds from now, 0 or more; rounded to whole ones. There is no default.
   * @throws RangeError where it is less than 0 or no finite number.
   */
  static after(delay: number): Retry {
    return new Retry(wholeDelay(delay));
  }
}

/**
 * Give the message up now and keep it in the dead letters with this reason.
 *
 * @example
 * ```ts
 * throw DeadLetter.because('the account is closed');
 * ```
 */
export class DeadLetter extends ControlFlow {
  readonly settlement: Settlement;

  private constructor(reason: string) {
    super(reason);
    this.settlement = { type: 'deadLetter', reason: 'rejected', detail: reason };
  }

  /**
   * To be returned or thrown by a handler. No retry follows, whatever `retry` says. With `deadLetter: false`, or on a
   * channel, it is dropped.
   *
   * @param reason for people: the header `dlq-detail`, beside `dlq-reason: rejected`.
   */
  static because(reason: string): DeadLetter {
    return new DeadLetter(reason);
  }
}

/**
 * Give the message up now and keep nothing. It is logged.
 *
 * @example
 * ```ts
 * return Drop.because('the user has unsubscribed');
 * ```
 */
export class Drop extends ControlFlow {
  readonly settlement: Settlement;

  private constructor(reason: string) {
    super(reason);
    this.settlement = { type: 'drop', reason };
  }

  /**
   * To be returned or thrown by a handler. No retry follows, and there is no dead letter.
   *
   * @param reason for people: it is in the log and in the `dropped` event.
   */
  static because(reason: string): Drop {
    return new Drop(reason);
  }
}
