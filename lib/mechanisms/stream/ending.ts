import type { Settlement } from '../../options/index.js';
import type { Acks } from './acks.js';
import type { Holdings } from './holdings.js';
import type { StreamDelivery } from './stream-delivery.js';
import type { StreamSettler } from './stream.settler.js';

/** What the consumer does for those that come to an end. */
export interface EndingHost {
  readonly isStopping: () => boolean;
  /** Keeps it in its place until it is tried again. */
  readonly hold: (delivery: StreamDelivery, delay: number) => void;
  /** Something becomes claimable in so many ms. */
  readonly dueIn: (ms: number) => void;
}

/** Ends what the consumer holds: by its settlement, or by handing it back. */
export class Ending {
  constructor(
    private readonly settler: StreamSettler,
    private readonly holdings: Holdings,
    private readonly acks: Acks,
    private readonly host: EndingHost,
  ) {}

  settle(delivery: StreamDelivery, settlement: Settlement): Promise<void> | undefined {
    if (delivery.isLost) return undefined;
    delivery.isEnding = true;
    switch (settlement.type) {
      case 'ack':
        return this.acknowledge(delivery);
      case 'drop':
        return this.drop(delivery);
      case 'retry':
        return this.retry(delivery, settlement.delay, settlement.hold === true);
      case 'release':
        return this.park(delivery, 0, delivery.attempt - 1);
      case 'deadLetter':
        return this.settler.deadLetter(delivery, settlement).finally(() => this.holdings.remove(delivery));
    }
  }

  /** Hands back what was taken and not started. */
  async handBack(deliveries: readonly StreamDelivery[]): Promise<void> {
    const ours = deliveries.filter(({ isLost, isAcknowledged }) => !isLost && !isAcknowledged);
    for (const delivery of ours) delivery.isEnding = true;
    if (ours.length > 0)
      await this.settler.park(ours, 0, ({ attempt, isStarted }) => (isStarted ? attempt - 1 : attempt));
    for (const delivery of ours) this.holdings.remove(delivery);
  }

  /** Resolves when what has been settled is with Redis, or after `timeout` ms. */
  flush(timeout: number): Promise<void> {
    return this.acks.whenFlushed(timeout);
  }

  private acknowledge(delivery: StreamDelivery): Promise<void> | undefined {
    // What was trimmed can have no other end. Its mark is still to be set, and what it collected to be applied.
    if (!delivery.hasLease && delivery.writes === undefined && delivery.once === undefined) {
      this.holdings.remove(delivery);
      return undefined;
    }
    const committed = this.settler.acknowledge(delivery);
    if (committed === undefined) this.holdings.remove(delivery);
    return committed?.then(() => this.holdings.remove(delivery));
  }

  private drop(delivery: StreamDelivery): Promise<void> | undefined {
    const dropped = delivery.hasLease ? this.settler.drop(delivery) : undefined;
    if (dropped === undefined) this.holdings.remove(delivery);
    return dropped?.finally(() => this.holdings.remove(delivery));
  }

  private retry(delivery: StreamDelivery, delay: number, holds: boolean): Promise<void> | undefined {
    if (!holds || this.host.isStopping()) return this.park(delivery, delay, delivery.attempt);
    delivery.again();
    this.host.hold(delivery, delay);
    return undefined;
  }

  /** Makes it claimable by anyone after `delay` ms, with so many attempts charged. */
  async park(delivery: StreamDelivery, delay: number, attempts: number): Promise<void> {
    delivery.isEnding = true;
    await this.settler.park([delivery], delay, () => attempts);
    this.holdings.remove(delivery);
    this.host.dueIn(delay);
  }
}
