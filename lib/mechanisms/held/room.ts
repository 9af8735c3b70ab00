import { Signal } from '../signal.js';

/** How many more messages a consumer takes in: all that it can hold, less what it holds, and what takes up room unseen. */
export class Room {
  private readonly change = new Signal();
  /** Messages that have been read, and are not here yet. */
  private coming = 0;
  /** Messages that are not here, and are still kept in memory. */
  private elsewhere = 0;
  private isReserved = false;

  /** @param left how many more could be held, by what is here. */
  constructor(private readonly left: () => number) {}

  /** How many more messages can be held. */
  get free(): number {
    return Math.max(0, this.left() - this.coming - this.elsewhere);
  }

  /** How many more messages to read. */
  get toRead(): number {
    return this.isReserved ? 0 : this.free;
  }

  /** Whether something of what was read is not here yet. */
  get isExpecting(): boolean {
    return this.coming > 0;
  }

  /** Whether something that has waited for longer needs the next place: then nothing new is to be read. */
  reserve(isReserved: boolean): void {
    this.isReserved = isReserved;
    if (!isReserved) this.changed();
  }

  /** So many messages that are not here take up room all the same. */
  keepElsewhere(count: number): void {
    const isLess = count < this.elsewhere;
    this.elsewhere = count;
    if (isLess) this.changed();
  }

  /** So many messages have been read, and are here later. */
  expect(count: number): void {
    this.coming += count;
  }

  /** It is known what becomes of so many that were expected. */
  met(count: number): void {
    this.coming -= count;
  }

  /** There may be more of it. */
  changed(): void {
    this.change.give();
  }

  /** Resolves when there may be more of it. */
  whenChanged(): Promise<void> {
    return this.change.wait();
  }
}
