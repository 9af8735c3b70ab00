import { LONGEST_TIME } from '../../message/index.js';

/** What waits in its place until it is started again. */
export class OnHold<U> {
  private readonly timers = new Map<U, NodeJS.Timeout>();

  constructor(private readonly onDue: (unit: U) => void) {}

  get size(): number {
    return this.timers.size;
  }

  has(unit: U): boolean {
    return this.timers.has(unit);
  }

  /** For `delay` ms. */
  keep(unit: U, delay: number): void {
    const due = (): void => {
      this.timers.delete(unit);
      this.onDue(unit);
    };
    this.timers.set(unit, setTimeout(due, Math.min(delay, LONGEST_TIME)));
  }

  /** Takes all out: none of them becomes due. */
  drain(): U[] {
    const units = [...this.timers.keys()];
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    return units;
  }
}
