import { Signal } from './signal.js';
import { within } from './within.js';

/** A fixed number of places for running deliveries. */
export class Slots {
  private taken = 0;
  private readonly freed = new Signal();

  constructor(private readonly size: number) {}

  get free(): number {
    return Math.max(0, this.size - this.taken);
  }

  get running(): number {
    return this.taken;
  }

  take(): void {
    this.taken += 1;
  }

  giveBack(): void {
    this.taken -= 1;
    this.freed.give();
  }

  /** Resolves with true when nothing runs any more, with false after `timeout` ms. */
  async whenIdle(timeout: number): Promise<boolean> {
    const until = Date.now() + timeout;
    while (this.taken > 0) {
      const left = until - Date.now();
      if (left <= 0) return false;
      await within(this.freed.wait(), left);
    }
    return true;
  }
}
