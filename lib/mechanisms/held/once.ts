import type { Delivery } from '../../delivery/index.js';
import type { Outcome, ResolvedOnce } from '../../options/index.js';
import { chunksOf } from '../chunks.js';
import { onceKeyOf } from './once-key.js';
import { messageOf } from './place-in-order.js';

/** What is known of a message's idempotency key before its handler starts. */
export const BEGUN = {
  /** It is in progress now, with this message. */
  run: 0,
  /** It was done before: the message is acknowledged. */
  duplicate: 1,
  /** It was used with another payload. */
  conflict: 2,
  /** Another message is in progress with it: this one waits in Redis, for a second at most. */
  busy: 3,
} as const;

/** What `'once'` knows a message by. */
export interface OnceMark {
  readonly key: string;
  /** Where Redis keeps what is known of it. */
  readonly mark: string;
  /** Of the payload. */
  readonly hash: string;
}

/** A delivery that `'once'` looks at. */
export interface OnceDelivery extends Delivery {
  verdict: Outcome | undefined;
  once: OnceMark | undefined;
}

/** What has a mark. */
export type Marked<T extends OnceDelivery> = T & { readonly once: OnceMark };

/** Where the marks are kept. `A`: what it is asked over. */
export interface OnceHost<T extends OnceDelivery, A extends unknown[]> {
  /** The key of what says that an idempotency key is done. */
  markOf(idempotencyKey: string): string;
  /** Of the payload, and not of the headers: a second publication may carry other ones. */
  hashOf(delivery: T): string;
  /** Marks messages as in progress. @returns one of `BEGUN` for each. */
  begin(marked: readonly Marked<T>[], ...over: A): Promise<readonly number[]>;
}

/** Sorts out messages that are done already, before their handler is asked. */
export class Once<T extends OnceDelivery, A extends unknown[]> {
  constructor(
    private readonly host: OnceHost<T, A>,
    private readonly key: ResolvedOnce['key'],
    private readonly onDuplicate: (delivery: T) => void,
  ) {}

  /** Finds out what a message is known by. What the user's function throws is its message's failure. */
  mark(delivery: T): void {
    const message = messageOf(delivery);
    if (message === undefined) return;
    try {
      const key = onceKeyOf(message, this.key);
      delivery.once = { key, mark: this.host.markOf(key), hash: this.host.hashOf(delivery) };
    } catch (error) {
      delivery.verdict = { type: 'failed', error };
    }
  }

  /**
   * Marks them as in progress. @returns those whose turn it is, also those that were used with another payload: these have
   * their verdict.
   */
  async begin(deliveries: readonly T[], ...over: A): Promise<readonly T[]> {
    const marked = deliveries.filter((delivery): delivery is Marked<T> => delivery.once !== undefined);
    const states = (await Promise.all(chunksOf(marked).map((chunk) => this.host.begin(chunk, ...over)))).flat();
    if (states.every((state) => state === BEGUN.run)) return deliveries;
    const isOut = new Set<T>(marked.filter((delivery, index) => this.isOut(delivery, states[index])));
    return deliveries.filter((delivery) => !isOut.has(delivery));
  }

  private isOut(delivery: T, state: number | undefined): boolean {
    if (state === BEGUN.conflict) condemn(delivery);
    if (state === BEGUN.duplicate) this.onDuplicate(delivery);
    return state === BEGUN.duplicate || state === BEGUN.busy;
  }
}

function condemn(delivery: OnceDelivery): void {
  const detail = `the idempotency key "${delivery.onceKey ?? ''}" was used before with another payload`;
  delivery.verdict = { type: 'decided', settlement: { type: 'deadLetter', reason: 'conflict', detail } };
  // The key is the other message's, and not taken back with this one.
  delivery.once = undefined;
}
