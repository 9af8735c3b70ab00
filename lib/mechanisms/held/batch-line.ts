import { FifoLine } from './fifo-line.js';
import type { Line, Waiting } from './waiting.interface.js';

/** Gathers messages: a batch is ready when it is full, or when its first message has waited long enough. */
export class BatchLine<T extends Waiting> implements Line<T, readonly T[]> {
  readonly aside = 0;
  private readonly line = new FifoLine<T>();
  private timer: NodeJS.Timeout | undefined;
  private isDue = false;

  constructor(
    private readonly settings: { readonly size: number; readonly wait: number },
    private readonly onDue: () => void,
  ) {}

  get size(): number {
    return this.line.size;
  }

  push(item: T): void {
    this.line.push(item);
    this.wait();
  }

  pushFirst(item: T): void {
    this.line.pushFirst(item);
    this.wait();
  }

  next(): readonly T[] | undefined {
    const { size } = this.settings;
    if (this.size === 0 || (this.size < size && !this.isDue)) return undefined;
    this.restart();
    const batch: T[] = [];
    for (let item = this.line.next(); item !== undefined; item = batch.length < size ? this.line.next() : undefined)
      batch.push(item);
    if (this.size > 0) this.wait();
    return batch;
  }

  end(): void {}

  /** A batch has no order to keep: what fails in it is tried again by itself. */
  hold(): void {}

  resume(): void {}

  drain(): T[] {
    this.restart();
    return this.line.drain();
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
