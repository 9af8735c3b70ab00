import type { RedisConnection } from '../../connection/index.js';
import { within } from '../within.js';

/** What was taken and never started, on its way back to Redis. */
export class HandingBack<T> {
  private all: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly handBack: (items: readonly T[]) => Promise<void>,
    private readonly state: RedisConnection['state'],
  ) {}

  add(items: readonly T[]): void {
    this.all = Promise.all([this.all, this.handBack(items).catch(() => undefined)]);
  }

  /** Resolves when all is back. */
  async whenDone(): Promise<void> {
    await this.all;
  }

  /** Resolves when all is back, when Redis is away, or after `timeout` ms. */
  async whenDoneOrAway(timeout: number): Promise<void> {
    if (this.state.isUp) await within(Promise.race([this.all, this.state.whenDown()]), timeout);
  }
}
