import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OnHold } from '../../../lib/mechanisms/held/on-hold.js';

const DAY = 24 * 3_600_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

function onHold() {
  const due: string[] = [];
  return { due, line: new OnHold<string>((unit) => due.push(unit)) };
}

describe('what is on hold', () => {
  it('becomes due after its time, each by itself', () => {
    const { due, line } = onHold();
    line.keep('late', 200);
    line.keep('soon', 100);
    vi.advanceTimersByTime(100);
    expect(due).toEqual(['soon']);
    expect([line.size, line.has('soon'), line.has('late')]).toEqual([1, false, true]);
    vi.advanceTimersByTime(100);
    expect(due).toEqual(['soon', 'late']);
  });

  it('is not due at once where its time is longer than a timer can wait', () => {
    const { due, line } = onHold();
    line.keep('in a month', 30 * DAY);
    vi.advanceTimersByTime(24 * DAY);
    expect(due).toEqual([]);
    expect(line.has('in a month')).toBe(true);
  });

  it('never becomes due once it is taken out', () => {
    const { due, line } = onHold();
    line.keep('a', 100);
    line.keep('b', 200);
    expect(line.drain()).toEqual(['a', 'b']);
    expect(vi.getTimerCount()).toBe(0);
    expect([due, line.size]).toEqual([[], 0]);
  });
});
