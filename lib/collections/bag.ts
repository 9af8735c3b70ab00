/** What can be in a bag. */
export interface Bagged {
  /** Where it lies in the one bag that it is in: the bag's own to write. */
  bagPlace: number;
}

/** Holds what comes and goes, in no order. To put in and to take out costs next to nothing, as each knows its place. */
export class Bag<T extends Bagged> {
  private readonly items: T[] = [];

  get size(): number {
    return this.items.length;
  }

  get all(): T[] {
    return [...this.items];
  }

  /** It must not be in a bag. */
  add(item: T): void {
    item.bagPlace = this.items.length;
    this.items.push(item);
  }

  /** What is not in it is left alone. */
  remove(item: T): void {
    const { bagPlace } = item;
    if (this.items[bagPlace] !== item) return;
    const last = this.items.pop();
    if (last === undefined || last === item) return;
    this.items[bagPlace] = last;
    last.bagPlace = bagPlace;
  }
}
