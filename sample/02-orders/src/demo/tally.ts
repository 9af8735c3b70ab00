import type { RedisFlowEvent, RedisFlowEvents } from 'nestjs-redis-flow';
import type { Subscription } from 'rxjs';

/** Counts what happens to messages beside being handled. */
export class Tally {
  duplicates = 0;
  /** By stream. */
  readonly retries = { orders: 0, receipts: 0 };
  private readonly subscription: Subscription;

  constructor(events: RedisFlowEvents) {
    this.subscription = events.events$.subscribe((event) => this.count(event));
  }

  stop(): void {
    this.subscription.unsubscribe();
  }

  private count(event: RedisFlowEvent): void {
    if (event.type === 'duplicate') this.duplicates += 1;
    if (event.type !== 'retried') return;
    const { key } = event.source;
    if (key === 'orders' || key === 'receipts') this.retries[key] += 1;
  }
}
