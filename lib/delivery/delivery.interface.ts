import type { Decoded, Source } from '../message/index.js';
import type { Outcome, Settlement } from '../options/index.js';
import type { LazyAbort } from './lazy-abort.js';
import type { Transaction } from './transaction.interface.js';

/**
 * One attempt to hand one message to one handler, as a mechanism gives it.
 *
 * The mechanism keeps the message safe until `settle` has resolved; it may fire `abort` when the message is no longer
 * its own.
 */
export interface Delivery {
  readonly id: string;
  readonly timestamp: number;
  readonly source: Source;
  /** How many times the handler was started for this message, this time included. */
  readonly attempt: number;
  /** Whether an earlier attempt never came to an end: its process is gone. */
  readonly hasCrashed: boolean;
  /** What is known before the handler is asked, such as what `orderBy` threw. It is not asked then. */
  readonly verdict: Outcome | undefined;
  /** What `'once'` knows the message by; undefined where the policy is another. */
  readonly onceKey: string | undefined;
  readonly abort: LazyAbort;
  /** What the handler collected; undefined where the mechanism or the policy has no transactions. */
  readonly transaction: Transaction | undefined;
  /** @throws what is wrong with the bytes. */
  decode(): Decoded;
  /**
   * Makes the fate durable. Called exactly once, but for an ack that rejects. It resolves when Redis has it, or when the
   * delivery no longer belongs to this consumer, and goes on trying while Redis is away. Undefined: the mechanism has
   * taken note of it, and sees to it.
   *
   * @throws TransactionFailedError for an ack whose transaction Redis refused: nothing of it was applied, and another
   * settlement is due.
   */
  settle(settlement: Settlement): Promise<void> | undefined;
  /** Keeps the message for `ms` more at least. @throws LeaseLostError where it is not ours any more. */
  extend(ms: number): Promise<void>;
}

/** Takes a delivery all the way: it resolves when the delivery is settled, and never rejects. */
export type Deliver = (delivery: Delivery) => Promise<void>;

/** The same for a batch: one call of the handler for all of them. */
export type DeliverBatch = (deliveries: readonly Delivery[]) => Promise<void>;
