import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deadline } from '../../../lib/delivery/deadline.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

function deadline(ms: number) {
  const over = vi.fn<() => void>();
  return { over, end: new Deadline(ms, over) };
}

describe('a deadline', () => {
  it('is over once, after its time', () => {
    const { over } = deadline(100);
    vi.advanceTimersByTime(99);
    expect(over).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(over).toHaveBeenCalledOnce();
  });

  it('moves away from now on', () => {
    const { over, end } = deadline(100);
    vi.advanceTimersByTime(80);
    end.move(100);
    vi.advanceTimersByTime(99);
    expect(over).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(over).toHaveBeenCalledOnce();
  });

  it('never comes nearer', () => {
    const { over, end } = deadline(100);
    end.move(10);
    vi.advanceTimersByTime(99);
    expect(over).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(over).toHaveBeenCalledOnce();
  });

  it('is not over any more when it is cleared', () => {
    const { over, end } = deadline(100);
    end.clear();
    vi.advanceTimersByTime(1_000);
    expect(over).not.toHaveBeenCalled();
  });

  it('is not brought back by a move that comes after its clearing', () => {
    const { over, end } = deadline(100);
    end.clear();
    end.move(200);
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(over).not.toHaveBeenCalled();
  });

  it('moves away as far as it can where it is to be further than a timer can wait', () => {
    const { over, end } = deadline(100);
    end.move(30 * 24 * 3_600_000);
    vi.advanceTimersByTime(24 * 24 * 3_600_000);
    expect(over).not.toHaveBeenCalled();
    vi.advanceTimersByTime(24 * 3_600_000);
    expect(over).toHaveBeenCalledOnce();
  });
});
