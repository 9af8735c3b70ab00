/** A queue in memory that never holds more than it may. */
export class MessageBuffer<T> {
  private items: (T | undefined)[] = [];
  private head = 0;

  constructor(
    private readonly size: number,
    private readonly overflow: 'drop-oldest' | 'drop-newest',
  ) {}

  get length(): number {
    return this.items.length - this.head;
  }

  /** @returns whether a message had to be dropped for it, be it this one. */
  push(item: T): boolean {
    const isFull = this.length >= this.size;
    if (isFull && this.overflow === 'drop-newest') return true;
    if (isFull) this.shift();
    this.items.push(item);
    return isFull;
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.items[this.head];
    // Nothing is held on to that was given away.
    this.items[this.head] = undefined;
    this.head += 1;
    if (this.head > 1_024 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }
}
