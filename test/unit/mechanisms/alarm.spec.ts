import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Alarm } from '../../../lib/mechanisms/held/alarm.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

function alarm() {
  const ring = vi.fn<() => void>();
  return { ring, alarm: new Alarm(ring) };
}

describe('an alarm', () => {
  it('rings when something is due, and not before', () => {
    const { ring, alarm: due } = alarm();
    due.in(100);
    vi.advanceTimersByTime(100);
    expect(ring).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(ring).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(10_000);
    expect(ring).toHaveBeenCalledOnce();
  });

  it('rings once for all that is due in the same ms, and each time for what is not', () => {
    const { ring, alarm: due } = alarm();
    for (const ms of [50, 50, 50, 20, 80]) due.in(ms);
    expect(vi.getTimerCount()).toBe(3);
    vi.advanceTimersByTime(100);
    expect(ring).toHaveBeenCalledTimes(3);
  });

  it('may be set again for the same time after it has rung', () => {
    const { ring, alarm: due } = alarm();
    for (let times = 1; times <= 3; times += 1) {
      due.in(0);
      vi.advanceTimersByTime(5);
      expect(ring).toHaveBeenCalledTimes(times);
    }
  });

  it('does not ring at once for what is further away than a timer can wait', () => {
    const { ring, alarm: due } = alarm();
    due.in(90 * 24 * 60 * 60 * 1_000);
    vi.advanceTimersByTime(60_000);
    expect(ring).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(1);
  });

  it('rings no more when it is stopped', () => {
    const { ring, alarm: due } = alarm();
    due.in(10);
    due.stop();
    due.in(10);
    vi.advanceTimersByTime(100);
    expect(ring).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
