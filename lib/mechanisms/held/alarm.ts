/** The longest that a timer of Node can wait, in ms. */
const LONGEST = 2 ** 31 - 1;

/** Rings when something is due, once for all that is due in the same ms. */
export class Alarm {
  private readonly timers = new Map<number, NodeJS.Timeout>();
  private isStopped = false;

  constructor(private readonly ring: () => void) {}

  /** Rings in `ms`, not earlier. */
  in(ms: number): void {
    if (this.isStopped) return;
    // A timer may be early by a part of a ms.
    const delay = Math.min(Math.ceil(ms) + 1, LONGEST);
    const at = Math.ceil(performance.now()) + delay;
    if (this.timers.has(at)) return;
    const due = (): void => {
      this.timers.delete(at);
      this.ring();
    };
    this.timers.set(at, setTimeout(due, delay));
  }

  stop(): void {
    this.isStopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }
}
