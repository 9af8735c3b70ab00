import { TransientMap } from './transient-map.js';

/** A `Set` of what comes and goes: see `TransientMap`. */
export class TransientSet<T> {
  private readonly items = new TransientMap<T, T>();

  get size(): number {
    return this.items.size;
  }

  has(item: T): boolean {
    return this.items.has(item);
  }

  add(item: T): void {
    this.items.set(item, item);
  }

  /** @returns whether it was there. */
  delete(item: T): boolean {
    return this.items.delete(item);
  }

  clear(): void {
    this.items.clear();
  }

  /** In the order in which they came. What is shown may be deleted; what else is deleted meanwhile may still be shown. */
  [Symbol.iterator](): IterableIterator<T> {
    return this.items.values();
  }
}
