import type { AnyMessage, Message, Source } from '../message/index.js';
import type { Outcome } from './outcome.interface.js';
import type { Settlement } from './settlement.interface.js';

/** When a policy acknowledges. */
export type AckTiming = 'before' | 'after' | 'manual' | 'none';

/** The name of a policy that the library has. */
export type AckWord = AckTiming | 'once';

/** What an ack policy knows of a message whose handler has ended. */
export interface HandledDelivery {
  readonly message: Message;
  /** How many times the handler was started, this time included. */
  readonly attempt: number;
  readonly source: Source;
}

/**
 * Decides when a message is acknowledged and, where `decide` is there, what becomes of it. It is asked for every message
 * that was handled and can be decoded, also where the handler has decided itself; not where the handler's process died.
 * A retry of its own is not bounded by `retry.attempts`: look at `delivery.attempt`.
 *
 * @example
 * ```ts
 * @Injectable()
 * export class KeepUnpaid implements AckPolicy {
 *   readonly timing = 'after';
 *   decide(outcome: Outcome): Settlement | undefined {
 *     const isUnpaid = outcome.type === 'failed' && outcome.error instanceof UnpaidError;
 *     return isUnpaid ? { type: 'retry', delay: 60_000 } : undefined;
 *   }
 * }
 * ```
 */
export interface AckPolicy {
  readonly timing: AckTiming;
  /**
   * Answers at once, not with a promise. What it throws, or an answer that is no settlement, is the error of a failed attempt.
   *
   * @returns undefined to leave it to the retry policy.
   */
  decide?(outcome: Outcome, delivery: HandledDelivery): Settlement | undefined;
}

/** An ack policy: an instance, or a class that is taken from the container or made without arguments. */
export type AckPolicySource = AckPolicy | (new (...args: never[]) => AckPolicy);

/** How long and by what key a message counts as done. */
export interface OnceOptions {
  /**
   * Milliseconds that a done message is remembered. It must be longer than a double can be late: all attempts with their
   * delays, and a redrive from the dead letters. Minimum: 1000. @default 86_400_000 – a day
   */
  readonly window?: number;
  /** The idempotency key. @default the header `idempotency-key`, else the message's id */
  readonly key?: (message: AnyMessage) => string;
}
