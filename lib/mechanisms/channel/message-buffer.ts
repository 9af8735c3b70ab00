import { Fifo } from '../../collections/index.js';

/** A queue in memory that never holds more than it may. */
export class MessageBuffer<T> {
  private readonly items = new Fifo<T>();

  constructor(
    private readonly size: number,
    private readonly overflow: 'drop-oldest' | 'drop-newest',
  ) {}

  get length(): number {
    return this.items.length;
  }

  /** @returns whether a message had to be dropped for it, be it this one. */
  push(item: T): boolean {
    const isFull = this.length >= this.size;
    if (isFull && this.overflow === 'drop-newest') return true;
    if (isFull) this.items.shift();
    this.items.push(item);
    return isFull;
  }

  shift(): T | undefined {
    return this.items.shift();
  }
}
