import { within } from './within.js';

/** A fixed number of places for running deliveries. */
export class Slots {
  private taken = 0;
  private waiting: (() => void)[] = [];

  constructor(private readonly size: number) {}

  get free(): number {
    return Math.max(0, this.size - this.taken);
  }

  get running(): number {
    return this.taken;
  }

  /** Takes a place until the task has ended, then calls `onFreed`. The task must not reject. */
  run(task: () => Promise<void>, onFreed?: () => void): void {
    this.taken += 1;
    void task().finally(() => {
      this.taken -= 1;
      onFreed?.();
      this.wakeAll();
    });
  }

  /** Resolves when a place is free, or when `wakeAll` is called. */
  async whenFree(): Promise<void> {
    if (this.free === 0) await this.next();
  }

  /** Resolves with true when nothing runs any more, with false after `timeout` ms. */
  async whenIdle(timeout: number): Promise<boolean> {
    const until = Date.now() + timeout;
    while (this.taken > 0) {
      const left = until - Date.now();
      if (left <= 0) return false;
      await within(this.next(), left);
    }
    return true;
  }

  wakeAll(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const wake of waiting) wake();
  }

  private next(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
