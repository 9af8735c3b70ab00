/** Wakes all that wait for something to happen. */
export class Signal {
  private waiting: (() => void)[] = [];

  /** Resolves when it is next given. */
  wait(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  give(): void {
    if (this.waiting.length === 0) return;
    const { waiting } = this;
    this.waiting = [];
    for (const wake of waiting) wake();
  }
}
