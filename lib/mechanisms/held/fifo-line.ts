import type { Line, Waiting } from './waiting.interface.js';

/** Below this many, what was taken out stays in the array. */
const SLACK = 1_024;

/** All in the order of their arrival. While one is held, no other starts. */
export class FifoLine<T extends Waiting> implements Line<T> {
  /** Whatever waits, all do. */
  readonly aside = 0;
  private items: T[] = [];
  private head = 0;
  private readonly held = new Set<T>();
  private readonly resumed: T[] = [];
  /** These come before the items. */
  private readonly first: T[] = [];

  get size(): number {
    return this.items.length - this.head + this.first.length + this.resumed.length;
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
    if (this.first.length > 0) return this.first.shift();
    if (this.head === this.items.length) return undefined;
    const item = this.items[this.head];
    this.head += 1;
    if (this.head === this.items.length || this.head > SLACK) this.compact();
    return item;
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
    const rest = [...this.resumed.splice(0), ...this.first.splice(0), ...this.items.slice(this.head)];
    this.head = this.items.length;
    this.compact();
    return rest;
  }

  private compact(): void {
    this.items = this.items.slice(this.head);
    this.head = 0;
  }
}
