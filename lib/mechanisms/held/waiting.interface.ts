/** A message that was taken from Redis and waits for its handler. */
export interface Waiting {
  /** What it is ordered by; undefined where it has no order with others. */
  readonly lane: unknown;
  /** Its handler may have ended the process that had it before: it is a suspect. */
  readonly hasCrashed: boolean;
}

/**
 * Messages that wait in this process, in an order. `T` goes in, and `U` comes out: what one call of the handler gets. What
 * was taken out comes to an end by `end`, or is put aside by `hold` until `resume`.
 */
export interface Line<T extends Waiting, U = T> {
  /** How many messages wait. */
  readonly size: number;
  /** How many of them, and of those on hold, wait for one that is not done while others could start: these take no place. */
  readonly aside: number;
  push(item: T): void;
  /** Before all others of its lane, but behind those that came this way before it. */
  pushFirst(item: T): void;
  /** Takes out what may start now. */
  next(): U | undefined;
  /** It is settled: those behind it may start. */
  end(unit: U): void;
  /** It will be tried again; those behind it wait. */
  hold(unit: U): void;
  /** It is the next of its lane. */
  resume(unit: U): void;
  /** Nothing is to wait for more to come: what waits may start. */
  hurry?(): void;
  /** Takes out all that can still be taken out. */
  drain(): T[];
}
