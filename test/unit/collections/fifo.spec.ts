import { describe, expect, it } from 'vitest';
import { Fifo } from '../../../lib/collections/index.js';
import { seeded } from '../seeded.js';
import { HARDLY_ANY, oldSpaceGrowth, type Payload } from './old-space.js';

/** What a Fifo promises, as plainly as it can be written. */
class List {
  private items: number[] = [];
  get length(): number {
    return this.items.length;
  }
  push(item: number): void {
    this.items.push(item);
  }
  shift(): number | undefined {
    return this.items.shift();
  }
  drain(): number[] {
    return this.items.splice(0);
  }
}

/**
 * @param pushes how likely a step pushes, by turns for some thousand steps.
 * @returns all that the list has said on the way.
 */
function randomSteps(list: List | Fifo<number>, pushes: readonly [number, number]): string[] {
  const random = seeded(21);
  return Array.from({ length: 20_000 }, (_, step) => {
    const chance = random();
    const isPush = chance < (pushes[Math.floor(step / 5_000) % 2] as number);
    if (isPush) list.push(step);
    const shifted = !isPush && chance < 0.9999 ? list.shift() : 'none';
    const drained = chance >= 0.9999 ? list.drain() : [];
    return [shifted, list.length, ...drained].join(' ');
  });
}

describe('first in, first out', () => {
  it('gives back what it got, in order', () => {
    const fifo = new Fifo<string>();
    for (const item of ['a', 'b', 'c']) fifo.push(item);
    expect(fifo.length).toBe(3);
    expect([fifo.shift(), fifo.shift(), fifo.shift(), fifo.shift()]).toEqual(['a', 'b', 'c', undefined]);
    expect(fifo.length).toBe(0);
  });

  it('is filled again after it was empty', () => {
    const fifo = new Fifo<string>();
    fifo.push('a');
    fifo.shift();
    fifo.shift();
    fifo.push('b');
    expect([fifo.length, fifo.shift(), fifo.length]).toEqual([1, 'b', 0]);
  });

  it('gives all that is left at once, and goes on', () => {
    const fifo = new Fifo<string>();
    for (const item of ['a', 'b', 'c']) fifo.push(item);
    fifo.shift();
    expect(fifo.drain()).toEqual(['b', 'c']);
    expect([fifo.length, fifo.shift(), fifo.drain()]).toEqual([0, undefined, []]);
    fifo.push('d');
    expect(fifo.drain()).toEqual(['d']);
  });

  it.each([
    { name: 'mostly empty', pushes: [0.4, 0.4] as const },
    { name: 'now long, now short', pushes: [0.8, 0.3] as const },
  ])('behaves as a list does over many random steps: $name', ({ pushes }) => {
    expect(randomSteps(new Fifo(), pushes)).toEqual(randomSteps(new List(), pushes));
  });

  it('gives back thousands in order, however long the line was', () => {
    const fifo = new Fifo<number>();
    const items = Array.from({ length: 10_000 }, (_, item) => item);
    for (const item of items) fifo.push(item);
    const taken = items.map(() => fifo.shift());
    expect(taken).toEqual(items);
  });

  it('lets what was taken out die young', () => {
    const fifo = new Fifo<Payload>();
    const growth = oldSpaceGrowth({ put: (payload) => fifo.push(payload), remove: () => void fifo.shift() });
    expect(growth).toBeLessThan(HARDLY_ANY);
  });
});
