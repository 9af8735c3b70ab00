import { Fifo } from '../../collections/index.js';
import type { QueueDelivery } from './queue-delivery.js';

/** From so many on it is worth while to count: below it, the oldest and the newest are all there are. */
const MANY = 3;
/** What has ended behind one that runs for long is let go of when there are so many, at least. */
const FEWEST = 1_000;

/** What is done, by how Redis is told of it. */
export interface EndedJobs {
  /** The oldest of the processing list, in its order. */
  readonly counted: readonly QueueDelivery[];
  readonly named: readonly QueueDelivery[];
}

/** The jobs whose starts were noted in order: that of the processing list, as far as is known here. */
export class StartedJobs {
  private readonly started = new Fifo<QueueDelivery>();
  /** With so many it is looked which of them are not in the list any more. */
  private most = FEWEST;

  add(deliveries: readonly QueueDelivery[]): void {
    for (const delivery of deliveries) this.started.push(delivery);
    if (this.started.length > this.most) this.letGo();
  }

  /** Their order is that of the list no more. */
  forget(): void {
    this.started.drain();
  }

  /** Tells those apart that need only be counted. All of them are on their way then. */
  split(done: readonly QueueDelivery[]): EndedJobs {
    const oldest = this.takeOldest();
    const counted = oldest.length < MANY ? [] : oldest;
    for (const delivery of counted) delivery.ack = 'sent';
    const named = counted.length === done.length ? [] : done.filter(({ ack }) => ack === 'waiting');
    for (const delivery of named) delivery.ack = 'sent';
    return { counted, named };
  }

  private letGo(): void {
    for (const delivery of this.started.drain())
      if (!hasEnded(delivery) || (delivery.ack === 'waiting' && !delivery.isLost)) this.started.push(delivery);
    this.most = Math.max(FEWEST, 2 * this.started.length);
  }

  /** Up to the first that has not ended. What has ended in another way is not there any more. */
  private takeOldest(): QueueDelivery[] {
    const oldest: QueueDelivery[] = [];
    for (let first = this.started.peek(); first !== undefined && hasEnded(first); first = this.started.peek()) {
      this.started.shift();
      if (first.ack === 'waiting' && !first.isLost) oldest.push(first);
    }
    return oldest;
  }
}

const hasEnded = ({ ack, isEnding, isLost }: QueueDelivery): boolean => ack !== 'none' || isEnding || isLost;
