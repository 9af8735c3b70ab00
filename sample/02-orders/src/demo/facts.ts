/** Cents by customer. */
export type Sums = Readonly<Record<string, number>>;

/** What became of the orders: as planned, or as found in Redis, in Postgres, in the bank's books and in the events. */
export interface Facts {
  /** In the stream `orders`. */
  readonly entries: number;
  /** Entries that were not handled, as their order had been paid already. */
  readonly duplicates: number;
  /** Attempts of payments that failed and were tried again. */
  readonly retries: number;
  /** The same for bookings. */
  readonly bookingsRetried: number;
  /** The orders of each customer's receipts, in order. */
  readonly receipts: Readonly<Record<string, readonly string[]>>;
  readonly bank: Sums;
  readonly redis: Sums;
  readonly postgres: Sums;
  /** Rows in the inbox. */
  readonly inbox: number;
  /** How many for each reason. */
  readonly deadLetters: Sums;
  /** Entries that were handed out and not settled. */
  readonly left: number;
}
