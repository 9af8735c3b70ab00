import { TransientMap, TransientSet } from '../../collections/index.js';
import type { Line, Waiting } from './waiting.interface.js';

interface Lane<T> {
  readonly key: unknown;
  /** These come before the items. */
  first: T[];
  items: T[];
}

const sizeOf = ({ first, items }: Lane<unknown>): number => first.length + items.length;

/**
 * One lane for each key: within it one message at a time, in order; across lanes in the order in which they became
 * ready. A lane is listed while it has one that waits or runs.
 */
export class LaneLine<T extends Waiting> implements Line<T> {
  private readonly lanes = new TransientMap<unknown, Lane<T>>();
  private readonly busy = new TransientSet<Lane<T>>();
  private ready: Lane<T>[] = [];
  private count = 0;
  private onHold = 0;

  get size(): number {
    return this.count;
  }

  get aside(): number {
    return this.count - this.ready.length + this.onHold;
  }

  push(item: T): void {
    this.laneOf(item).items.push(item);
    this.count += 1;
  }

  pushFirst(item: T): void {
    this.laneOf(item).first.push(item);
    this.count += 1;
  }

  next(): T | undefined {
    const lane = this.ready.shift();
    const item = lane?.first.shift() ?? lane?.items.shift();
    if (lane === undefined || item === undefined) return undefined;
    this.busy.add(lane);
    this.count -= 1;
    return item;
  }

  end(item: T): void {
    const lane = this.lanes.get(item.lane);
    if (lane === undefined) return;
    this.busy.delete(lane);
    if (sizeOf(lane) > 0) this.ready.push(lane);
    else this.lanes.delete(lane.key);
  }

  /** The lane stays busy, and so nothing of it starts. */
  hold(): void {
    this.onHold += 1;
  }

  resume(item: T): void {
    this.onHold -= 1;
    const lane = this.lanes.get(item.lane);
    if (lane === undefined) return;
    lane.first.unshift(item);
    this.count += 1;
    this.busy.delete(lane);
    this.ready.push(lane);
  }

  drain(): T[] {
    const rest: T[] = [];
    for (const lane of this.lanes.values()) {
      rest.push(...lane.first, ...lane.items);
      lane.first = [];
      lane.items = [];
      if (!this.busy.has(lane)) this.lanes.delete(lane.key);
    }
    this.ready = [];
    this.count = 0;
    return rest;
  }

  private laneOf({ lane: key }: T): Lane<T> {
    let lane = this.lanes.get(key);
    if (lane === undefined) {
      lane = { key, first: [], items: [] };
      this.lanes.set(key, lane);
    }
    const isIdle = sizeOf(lane) === 0 && !this.busy.has(lane);
    if (isIdle) this.ready.push(lane);
    return lane;
  }
}
