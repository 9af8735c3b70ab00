/** Below this many, the places of what was taken out are kept. */
const SLACK = 1_024;

/** First in, first out. What was taken out is held on to no longer: it would live on until the next ones come through. */
export class Fifo<T> {
  private readonly items: (T | undefined)[] = [];
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  push(item: T): void {
    this.items.push(item);
  }

  /** The next one that is taken out. */
  peek(): T | undefined {
    return this.items[this.head];
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.items[this.head];
    this.items[this.head] = undefined;
    this.head += 1;
    if (this.length === 0) this.clear();
    else if (this.head > SLACK && this.head > this.length) this.compact();
    return item;
  }

  /** Takes all out. */
  drain(): T[] {
    const rest = this.items.slice(this.head) as T[];
    this.clear();
    return rest;
  }

  private clear(): void {
    // The array goes on as it is: most that run empty are filled again.
    this.items.length = 0;
    this.head = 0;
  }

  private compact(): void {
    // In place: an old array that is left behind would hold on to the rest.
    this.items.splice(0, this.head);
    this.head = 0;
  }
}
