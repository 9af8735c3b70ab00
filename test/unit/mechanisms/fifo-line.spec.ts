import { describe, expect, it } from 'vitest';
import { FifoLine } from '../../../lib/mechanisms/held/fifo-line.js';
import type { Waiting } from '../../../lib/mechanisms/held/waiting.interface.js';

interface Item extends Waiting {
  readonly n: number;
}

const item = (n: number): Item => ({ n, lane: undefined, hasCrashed: false });

function lineOf(...numbers: number[]): FifoLine<Item> {
  const line = new FifoLine<Item>();
  for (const n of numbers) line.push(item(n));
  return line;
}

/** Takes out all that may start. */
function takeAll(line: FifoLine<Item>): number[] {
  const taken: number[] = [];
  for (let next = line.next(); next !== undefined; next = line.next()) taken.push(next.n);
  return taken;
}

describe('a line in the order of arrival', () => {
  it('gives out what came first, and knows how many wait', () => {
    const line = lineOf(1, 2, 3);
    expect(line.size).toBe(3);
    expect(line.next()?.n).toBe(1);
    expect(line.size).toBe(2);
    expect(takeAll(line)).toEqual([2, 3]);
    expect([line.size, line.next()]).toEqual([0, undefined]);
  });

  it('keeps the order over many thousand that come and go', () => {
    const line = new FifoLine<Item>();
    const taken: number[] = [];
    for (let n = 0; n < 5_000; n += 1) {
      line.push(item(n));
      if (n % 3 !== 0) taken.push(Number(line.next()?.n));
    }
    taken.push(...takeAll(line));
    expect(taken).toEqual(Array.from({ length: 5_000 }, (_, n) => n));
  });

  it('puts what has waited elsewhere before the others, in the order in which it came', () => {
    const line = lineOf(5, 6);
    for (const n of [1, 2]) line.pushFirst(item(n));
    line.pushFirst(item(3));
    expect(line.size).toBe(5);
    expect(takeAll(line)).toEqual([1, 2, 3, 5, 6]);
  });

  it('starts nothing while one is on hold, and then that one first', () => {
    const line = lineOf(1, 2);
    const held = line.next() as Item;
    line.hold(held);
    line.pushFirst(item(0));
    expect(line.next()).toBeUndefined();

    line.resume(held);
    expect(line.size).toBe(3);
    expect(line.next()).toBe(held);
    expect(line.next()).toBeUndefined();

    line.end(held);
    expect(takeAll(line)).toEqual([0, 2]);
  });

  it('waits for all that are on hold', () => {
    const line = lineOf(1, 2, 3);
    const held = [line.next(), line.next()] as Item[];
    for (const each of held) line.hold(each);
    for (const each of held) line.resume(each);
    expect([line.next()?.n, line.next()?.n, line.next()]).toEqual([1, 2, undefined]);
    line.end(held[0] as Item);
    expect(line.next()).toBeUndefined();
    line.end(held[1] as Item);
    expect(line.next()?.n).toBe(3);
  });

  it('gives back all that waits, and goes on afterwards', () => {
    const line = lineOf(2, 3);
    line.pushFirst(item(1));
    const held = line.next() as Item;
    line.hold(held);
    line.resume(held);
    expect(line.drain().map(({ n }) => n)).toEqual([1, 2, 3]);
    expect(line.size).toBe(0);
    line.end(held);
    line.push(item(4));
    expect(takeAll(line)).toEqual([4]);
  });

  it('has none that wait aside: whatever waits, all do', () => {
    const line = lineOf(1, 2);
    line.hold(line.next() as Item);
    expect(line.aside).toBe(0);
  });
});
