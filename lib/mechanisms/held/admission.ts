import type { AnyMessage } from '../../message/index.js';
import type { Held } from './held.interface.js';
import type { Once, OnceDelivery } from './once.js';
import { placeInOrder } from './place-in-order.js';

/** A message that is taken in. */
export interface Admitted extends Held, OnceDelivery {
  lane: unknown;
  verdict: OnceDelivery['verdict'];
  /** Its end is on the way to Redis, which says by itself whether it was ours. */
  isEnding: boolean;
  /** It waits in Redis until it may be its turn: it is held until that is certain. */
  readonly isPutOff?: boolean;
}

/** What a consumer holds. */
interface Holdings<T> {
  add(delivery: T): void;
  remove(delivery: T): void;
}

/** Takes in what was read or claimed: it is held, has its place in the order, and is not done already. */
export class Admission<T extends Admitted, A extends unknown[]> {
  constructor(
    private readonly orderBy: ((message: AnyMessage) => unknown) | undefined,
    private readonly holdings: Holdings<T>,
    private readonly once: Once<T, A> | undefined,
  ) {}

  /** Whether Redis has to be asked whose turn it is: `begin` does. */
  get asks(): boolean {
    return this.once !== undefined;
  }

  /** From here on they are held, and have their place in the order. */
  hold(deliveries: readonly T[]): void {
    for (const delivery of deliveries) {
      this.holdings.add(delivery);
      placeInOrder(delivery, this.orderBy);
      this.once?.mark(delivery);
    }
  }

  /** @returns those whose turn it is. The others are not held any more, but for what is still being put off. */
  async begin(deliveries: readonly T[], ...over: A): Promise<readonly T[]> {
    const { once, holdings } = this;
    if (once === undefined) return deliveries;
    // That it is not with us any more is then this script's doing.
    for (const delivery of deliveries) delivery.isEnding = true;
    let admitted: readonly T[] = [];
    try {
      admitted = await once.begin(deliveries, ...over);
    } finally {
      for (const delivery of admitted) delivery.isEnding = false;
      for (const delivery of deliveries) if (delivery.isEnding && delivery.isPutOff !== true) holdings.remove(delivery);
    }
    return admitted;
  }
}
