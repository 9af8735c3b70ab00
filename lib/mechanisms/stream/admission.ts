import type { ResolvedStreamOptions } from '../../options/index.js';
import type { Once } from '../held/once.js';
import { placeInOrder } from '../held/place-in-order.js';
import type { Holdings } from './holdings.js';
import type { RunScript, StreamOnce } from './stream-once.js';
import type { StreamDelivery } from './stream-delivery.js';

/** Takes in what was read or claimed: it is held, has its place in the order, and is not done already. */
export class Admission {
  private readonly looksInside: boolean;

  constructor(
    private readonly options: ResolvedStreamOptions,
    private readonly holdings: Holdings,
    private readonly once: Once<StreamDelivery, StreamOnce> | undefined,
  ) {
    this.looksInside = options.orderBy !== undefined || once !== undefined;
  }

  /** Whether Redis has to be asked whose turn it is: `begin` does. */
  get asks(): boolean {
    return this.once !== undefined;
  }

  /** From here on they are held, and have their place in the order. */
  hold(deliveries: readonly StreamDelivery[]): void {
    for (const delivery of deliveries) {
      this.holdings.add(delivery);
      if (this.looksInside) this.lookInside(delivery);
    }
  }

  /** @returns those whose turn it is. The others are not held any more. */
  async begin(deliveries: readonly StreamDelivery[], run: RunScript): Promise<readonly StreamDelivery[]> {
    const { once } = this;
    if (once === undefined) return deliveries;
    let admitted: readonly StreamDelivery[] = [];
    try {
      admitted = await once.begin(deliveries, (marked) => once.host.begin(marked, run));
    } finally {
      if (admitted !== deliveries) this.letGo(deliveries, new Set(admitted));
    }
    return admitted;
  }

  private letGo(deliveries: readonly StreamDelivery[], admitted: ReadonlySet<StreamDelivery>): void {
    for (const delivery of deliveries) if (!admitted.has(delivery)) this.holdings.remove(delivery);
  }

  private lookInside(delivery: StreamDelivery): void {
    placeInOrder(delivery, this.options.orderBy);
    this.once?.mark(delivery);
  }
}
