/** The table is made anew when so many entries have been removed, at least … */
const SLACK = 256;
/** … and so many times those that are left, as these are copied. */
const SHARE = 2;

/**
 * A `Map` of entries that come and go, as messages do.
 *
 * When V8 grows or shrinks the table of a `Map`, the table that is left behind keeps what it held and refers to the next
 * one (`src/objects/ordered-hash-table.h`). Once a full garbage collection has moved one of them to the old space, every
 * later table and all that was ever in it survives the young collections, until the next full one: handling messages took
 * 2.5 times the CPU time. A table that is made anew in time is referred to by none before it.
 */
export class TransientMap<K, V> {
  private entries = new Map<K, V>();
  private removed = 0;

  get size(): number {
    return this.entries.size;
  }

  get(key: K): V | undefined {
    return this.entries.get(key);
  }

  has(key: K): boolean {
    return this.entries.has(key);
  }

  set(key: K, value: V): void {
    this.entries.set(key, value);
  }

  /** @returns whether it was there. */
  delete(key: K): boolean {
    if (!this.entries.delete(key)) return false;
    this.removed += 1;
    if (this.removed >= SLACK && this.removed >= this.entries.size * SHARE) this.renew();
    return true;
  }

  clear(): void {
    this.entries = new Map();
    this.removed = 0;
  }

  /** In the order in which they came. What is shown may be deleted; what else is deleted meanwhile may still be shown. */
  keys(): IterableIterator<K> {
    return this.entries.keys();
  }

  /** As `keys`. */
  values(): IterableIterator<V> {
    return this.entries.values();
  }

  private renew(): void {
    this.entries = new Map(this.entries);
    this.removed = 0;
  }
}
