/** How many places there are at first. A power of two, as there always are. */
const FEWEST = 16;
/** So many places are kept while nothing is in them. */
const MOST_EMPTY = 4_096;

const emptyPlaces = (count: number): undefined[] => Array.from<undefined>({ length: count });

/**
 * First in, first out: a ring that grows where it is full. A list that runs empty loses its places in V8 and gets new ones
 * step by step, each time. What was taken out is held on to no longer: it would live on until its place is written over.
 */
export class Fifo<T> {
  private places: (T | undefined)[] = emptyPlaces(FEWEST);
  private head = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(item: T): void {
    if (this.count === this.places.length) this.reset([...this.inOrder(), ...emptyPlaces(this.count)]);
    this.places[this.placeOf(this.count)] = item;
    this.count += 1;
  }

  /** The next one that is taken out. */
  peek(): T | undefined {
    return this.places[this.head];
  }

  shift(): T | undefined {
    if (this.count === 0) return undefined;
    const item = this.places[this.head];
    this.places[this.head] = undefined;
    this.head = this.placeOf(1);
    this.count -= 1;
    if (this.count === 0 && this.places.length > MOST_EMPTY) this.reset(emptyPlaces(FEWEST));
    return item;
  }

  /** Takes all out. */
  drain(): T[] {
    const items = this.inOrder();
    this.reset(emptyPlaces(FEWEST));
    this.count = 0;
    return items;
  }

  /** Where the one lies that has so many before it. */
  private placeOf(before: number): number {
    return (this.head + before) & (this.places.length - 1);
  }

  private inOrder(): T[] {
    const { places, head } = this;
    return [...places.slice(head), ...places.slice(0, head)].slice(0, this.count) as T[];
  }

  private reset(places: (T | undefined)[]): void {
    this.places = places;
    this.head = 0;
  }
}
