import { Fifo } from '../../collections/index.js';
import type { Line, Waiting } from './waiting.interface.js';

/**
 * Gathers messages: a batch is ready when it is full, or when its first message has waited long enough. A suspect is a
 * batch by itself: no other is to be charged for it. What waits before it makes a batch at once, as nothing can join it.
 */
export class BatchLine<T extends Waiting> implements Line<T, readonly T[]> {
  readonly aside = 0;
  /** These come before the items. */
  private readonly first = new Fifo<T>();
  private readonly items = new Fifo<T>();
  private suspects = 0;
  private timer: NodeJS.Timeout | undefined;
  private isDue = false;
  private isHurried = false;

  constructor(
    private readonly settings: { readonly size: number; readonly wait: number },
    private readonly onDue: () => void,
  ) {}

  get size(): number {
    return this.first.length + this.items.length;
  }

  push(item: T): void {
    this.add(this.items, item);
  }

  pushFirst(item: T): void {
    this.add(this.first, item);
  }

  next(): readonly T[] | undefined {
    const isFull = this.size >= this.settings.size || this.suspects > 0;
    if (!isFull && !((this.isDue || this.isHurried) && this.size > 0)) return undefined;
    this.restart();
    const batch = this.take();
    if (this.size > 0) this.wait();
    return batch;
  }

  end(): void {}

  /** A batch has no order to keep: what fails in it is tried again by itself. */
  hold(): void {}

  resume(): void {}

  hurry(): void {
    this.isHurried = true;
  }

  drain(): T[] {
    this.restart();
    this.suspects = 0;
    return [...this.first.drain(), ...this.items.drain()];
  }

  private add(line: Fifo<T>, item: T): void {
    line.push(item);
    if (item.hasCrashed) this.suspects += 1;
    this.wait();
  }

  private take(): T[] {
    const batch: T[] = [];
    while (batch.length < this.settings.size) {
      const line = this.first.length > 0 ? this.first : this.items;
      const item = line.peek();
      if (item === undefined || (item.hasCrashed && batch.length > 0)) break;
      line.shift();
      batch.push(item);
      if (!item.hasCrashed) continue;
      this.suspects -= 1;
      break;
    }
    return batch;
  }

  private wait(): void {
    if (this.timer !== undefined || this.isDue) return;
    const due = (): void => {
      this.isDue = true;
      this.onDue();
    };
    this.timer = setTimeout(due, this.settings.wait);
  }

  private restart(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.isDue = false;
  }
}
