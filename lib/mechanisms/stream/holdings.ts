import { TransientMap } from '../../collections/index.js';
import type { StreamDelivery } from './stream-delivery.js';

/** The entries that one consumer holds: waiting for their handler, handled, or on hold. */
export class Holdings {
  private readonly deliveries = new TransientMap<string, StreamDelivery>();

  get all(): StreamDelivery[] {
    return [...this.deliveries.values()];
  }

  get size(): number {
    return this.deliveries.size;
  }

  add(delivery: StreamDelivery): void {
    this.deliveries.set(delivery.id, delivery);
  }

  has(id: string): boolean {
    return this.deliveries.has(id);
  }

  /** Whether it is this delivery that holds its entry. */
  isHeldBy(delivery: StreamDelivery): boolean {
    return this.deliveries.get(delivery.id) === delivery;
  }

  /** What was parked may have come back before this is called: then another delivery holds the entry, and stays. */
  remove(delivery: StreamDelivery): void {
    if (this.isHeldBy(delivery)) this.deliveries.delete(delivery.id);
  }

  /** Takes an entry away that belongs to somebody else. */
  lose(id: string, reason: Error): StreamDelivery | undefined {
    const delivery = this.deliveries.get(id);
    this.deliveries.delete(id);
    delivery?.lose(reason);
    return delivery;
  }
}
