import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BatchLine } from '../../../lib/mechanisms/held/batch-line.js';
import type { Waiting } from '../../../lib/mechanisms/held/waiting.interface.js';

interface Item extends Waiting {
  readonly n: number;
}

const item = (n: number): Item => ({ n, lane: undefined, hasCrashed: false });
const suspect = (n: number): Item => ({ n, lane: undefined, hasCrashed: true });
const numbers = (batch: readonly Item[] | undefined): number[] | undefined => batch?.map(({ n }) => n);

function lineOf(settings: { size: number; wait: number }, ...items: number[]) {
  const due = vi.fn<() => void>();
  const line = new BatchLine<Item>(settings, due);
  for (const n of items) line.push(item(n));
  return { line, due };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a line of batches', () => {
  it('gives out a full batch at once, and never more than its size', () => {
    const { line } = lineOf({ size: 2, wait: 1_000 }, 1, 2, 3, 4, 5);
    expect([numbers(line.next()), numbers(line.next()), line.next()]).toEqual([[1, 2], [3, 4], undefined]);
    expect(line.size).toBe(1);
  });

  it('gives out what there is when its first message has waited long enough, and says when that is', () => {
    const { line, due } = lineOf({ size: 10, wait: 100 }, 1);
    vi.advanceTimersByTime(60);
    line.push(item(2));
    vi.advanceTimersByTime(39);
    expect([line.next(), due.mock.calls.length]).toEqual([undefined, 0]);
    vi.advanceTimersByTime(1);
    expect(due).toHaveBeenCalledOnce();
    expect(numbers(line.next())).toEqual([1, 2]);
    expect(line.next()).toBeUndefined();
  });

  it('begins to wait anew for what a full batch has left', () => {
    const { line, due } = lineOf({ size: 2, wait: 100 }, 1);
    vi.advanceTimersByTime(80);
    line.push(item(2));
    line.push(item(3));
    expect(numbers(line.next())).toEqual([1, 2]);
    vi.advanceTimersByTime(99);
    expect(due).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(numbers(line.next())).toEqual([3]);
  });

  it('stays due until somebody has a place for the batch', () => {
    const { line, due } = lineOf({ size: 5, wait: 10 }, 1);
    vi.advanceTimersByTime(10);
    line.push(item(2));
    vi.advanceTimersByTime(100);
    expect(due).toHaveBeenCalledOnce();
    expect(numbers(line.next())).toEqual([1, 2]);
  });

  it('waits for nobody without a wait, but for what comes in the same turn', () => {
    const { line, due } = lineOf({ size: 5, wait: 0 }, 1, 2);
    expect(line.next()).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(due).toHaveBeenCalledOnce();
    expect(numbers(line.next())).toEqual([1, 2]);
  });

  it('puts what has waited elsewhere first', () => {
    const { line } = lineOf({ size: 3, wait: 10 }, 3);
    line.pushFirst(item(1));
    line.pushFirst(item(2));
    expect(numbers(line.next())).toEqual([1, 2, 3]);
  });

  it('gives out a suspect by itself, in its place, and at once what waits before it', () => {
    const { line } = lineOf({ size: 3, wait: 10 }, 3);
    line.pushFirst(item(1));
    line.pushFirst(suspect(2));
    line.push(suspect(4));
    line.push(item(5));
    const batches = [line.next(), line.next(), line.next(), line.next(), line.next()];
    expect(batches.map(numbers)).toEqual([[1], [2], [3], [4], undefined]);
    vi.advanceTimersByTime(10);
    expect(numbers(line.next())).toEqual([5]);
  });

  it('waits for others again when the suspects have been handed back', () => {
    const { line } = lineOf({ size: 3, wait: 10 });
    line.push(suspect(1));
    line.drain();
    line.push(item(2));
    expect(line.next()).toBeUndefined();
  });

  it('gives back all that waits, and rings no more', () => {
    const { line, due } = lineOf({ size: 5, wait: 10 }, 1, 2);
    expect(numbers(line.drain())).toEqual([1, 2]);
    vi.advanceTimersByTime(100);
    expect(due).not.toHaveBeenCalled();
    expect([line.size, line.next()]).toEqual([0, undefined]);
  });
});
