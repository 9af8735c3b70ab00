import type { Bag } from '../../collections/index.js';
import type { Settlement } from '../../options/index.js';
import type { DueTimes } from './due-times.js';
import type { QueueDelivery } from './queue-delivery.js';
import type { QueueProgress } from './queue-progress.js';
import type { QueueSettler } from './queue.settler.js';

/** Ends what the consumer holds: by its settlement, or by handing it back. */
export class QueueEnding {
  constructor(
    private readonly settler: QueueSettler,
    private readonly progress: QueueProgress,
    private readonly holdings: Bag<QueueDelivery>,
    private readonly dueTimes: DueTimes,
  ) {}

  settle(delivery: QueueDelivery, settlement: Settlement): Promise<void> | undefined {
    delivery.isEnding = true;
    const ended = delivery.isLost ? undefined : this.end(delivery, settlement);
    if (ended === undefined) this.holdings.remove(delivery);
    return ended?.finally(() => this.holdings.remove(delivery));
  }

  /** Counts its attempt, and keeps it. */
  async hold(delivery: QueueDelivery): Promise<void> {
    delivery.isEnding = true;
    // It is started again before those that were taken before it.
    this.progress.leaveOrder();
    await this.settler.hold(delivery);
  }

  /** Hands back what was taken and not started. */
  async handBack(deliveries: readonly QueueDelivery[]): Promise<void> {
    const ours = deliveries.filter(({ isOurs }) => isOurs);
    for (const delivery of ours) delivery.isEnding = true;
    if (ours.length > 0) await this.settler.release(ours);
    for (const delivery of ours) this.holdings.remove(delivery);
  }

  private end(delivery: QueueDelivery, settlement: Settlement): Promise<void> | undefined {
    if (settlement.type === 'deadLetter') return this.settler.deadLetter(delivery, settlement);
    if (delivery.isAcknowledged) return undefined;
    switch (settlement.type) {
      case 'ack':
        return this.acknowledge(delivery);
      case 'drop':
        return delivery.once === undefined ? this.acknowledge(delivery) : this.settler.letGo(delivery);
      case 'retry':
        return this.settler.retry(delivery, settlement.delay).then(() => this.dueTimes.in(settlement.delay));
      case 'release':
        return this.settler.release([delivery]);
    }
  }

  private acknowledge(delivery: QueueDelivery): undefined {
    this.progress.add(delivery);
  }
}
