import type { Decoded, Source } from '../message/index.js';
import type { Settlement } from '../policies/index.js';
import type { LazyAbort } from './lazy-abort.js';

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
  readonly abort: LazyAbort;
  /** @throws what is wrong with the bytes. */
  decode(): Decoded;
  /**
   * Makes the fate durable. Called exactly once. It resolves when Redis has it, or when the delivery no longer belongs
   * to this consumer; it never rejects, but goes on trying while Redis is away.
   */
  settle(settlement: Settlement): Promise<void>;
}

/** Takes a delivery all the way: it resolves when the delivery is settled, and never rejects. */
export type Deliver = (delivery: Delivery) => Promise<void>;
