import { EventEmitter, once } from 'node:events';

/** Remembers what happened, and lets a test wait for it. */
export class Recorder<T> {
  readonly items: T[] = [];
  private readonly changes = new EventEmitter().setMaxListeners(0);

  readonly add = (item: T): void => {
    this.items.push(item);
    this.changes.emit('add');
  };

  /** Resolves with the items once `isEnough` says so. The test's own timeout ends a wait in vain. */
  async until(isEnough: (items: readonly T[]) => boolean): Promise<readonly T[]> {
    while (!isEnough(this.items)) await once(this.changes, 'add');
    return this.items;
  }

  count(number: number): Promise<readonly T[]> {
    return this.until((items) => items.length >= number);
  }
}
