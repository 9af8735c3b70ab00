import { Bag, type Bagged } from '../../collections/index.js';
import { Signal } from '../signal.js';

/** What was acknowledged in one command that Redis has not answered yet. */
export class SentAcks<T> implements Bagged {
  bagPlace = -1;

  constructor(readonly deliveries: readonly T[]) {}
}

/**
 * Acks that are on their way. They are kept in a bag, as in the tables that a `Set` leaves behind (see `TransientMap`) whole
 * commands full of messages would live on.
 */
export class UnconfirmedAcks<T> {
  private readonly sent = new Bag<SentAcks<T>>();
  private readonly emptied = new Signal();

  get all(): T[] {
    return this.sent.all.flatMap(({ deliveries }) => deliveries);
  }

  /** Where there are none, there is nothing to confirm. */
  add(deliveries: readonly T[]): SentAcks<T> {
    const acks = new SentAcks(deliveries);
    if (deliveries.length > 0) this.sent.add(acks);
    return acks;
  }

  confirm(acks: SentAcks<T>): void {
    this.sent.remove(acks);
    if (this.sent.size === 0) this.emptied.give();
  }

  /** Resolves when Redis has confirmed all of them. */
  async whenNone(): Promise<void> {
    if (this.sent.size > 0) await this.emptied.wait();
  }
}
