import type { ResolvedStreamOptions } from '../../options/index.js';
import { messageOf, placeInOrder } from '../held/place-in-order.js';
import type { Holdings } from './holdings.js';
import type { Once } from './once.js';
import type { StreamDelivery } from './stream-delivery.js';

/** Takes in what was read or claimed: from here on it is held, has its place in the order, and is not done already. */
export class Admission {
  private readonly looksInside: boolean;

  constructor(
    private readonly options: ResolvedStreamOptions,
    private readonly holdings: Holdings,
    private readonly once: Once | undefined,
  ) {
    this.looksInside = options.orderBy !== undefined || once !== undefined;
  }

  /** @returns those whose turn it is. Only `'once'` has to ask Redis. */
  admit(deliveries: readonly StreamDelivery[]): readonly StreamDelivery[] | Promise<readonly StreamDelivery[]> {
    for (const delivery of deliveries) this.holdings.add(delivery);
    if (!this.looksInside) return deliveries;
    for (const delivery of deliveries) this.lookInside(delivery);
    return this.once === undefined ? deliveries : this.begin(deliveries, this.once);
  }

  private async begin(deliveries: readonly StreamDelivery[], once: Once): Promise<readonly StreamDelivery[]> {
    let admitted: readonly StreamDelivery[] = [];
    try {
      admitted = await once.begin(deliveries);
    } finally {
      const isIn = new Set(admitted);
      for (const delivery of deliveries) if (!isIn.has(delivery)) this.holdings.remove(delivery);
    }
    return admitted;
  }

  private lookInside(delivery: StreamDelivery): void {
    placeInOrder(delivery, this.options.orderBy);
    const message = this.once === undefined ? undefined : messageOf(delivery);
    if (message === undefined) return;
    try {
      delivery.once = this.once?.markOf(delivery, message);
    } catch (error) {
      delivery.verdict = { type: 'failed', error };
    }
  }
}
