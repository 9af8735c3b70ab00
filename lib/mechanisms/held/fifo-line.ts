import { Fifo } from '../../collections/index.js';
import type { Line, Waiting } from './waiting.interface.js';

/** All in the order of their arrival. While one is held, no other starts. */
export class FifoLine<T extends Waiting> implements Line<T> {
  /** Whatever waits, all do. */
  readonly aside = 0;
  private readonly held = new Set<T>();
  private readonly resumed = new Fifo<T>();
  /** These come before the items. */
  private readonly first = new Fifo<T>();
  private readonly items = new Fifo<T>();

  get size(): number {
    return this.items.length + this.first.length + this.resumed.length;
  }

  push(item: T): void {
    this.items.push(item);
  }

  pushFirst(item: T): void {
    this.first.push(item);
  }

  next(): T | undefined {
    if (this.resumed.length > 0) return this.resumed.shift();
    if (this.held.size > 0) return undefined;
    return this.first.shift() ?? this.items.shift();
  }

  end(item: T): void {
    if (this.held.size > 0) this.held.delete(item);
  }

  hold(item: T): void {
    this.held.add(item);
  }

  resume(item: T): void {
    this.resumed.push(item);
  }

  drain(): T[] {
    return [...this.resumed.drain(), ...this.first.drain(), ...this.items.drain()];
  }
}
