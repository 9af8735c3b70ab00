import { describe, expect, it } from 'vitest';
import { Pace } from '../../../lib/mechanisms/held/pace.js';

/** Lets so many messages per ms go through, looked at once in each ms. @returns the time at the end. */
function run(pace: Pace, perMs: number, ms: number, from = 0): number {
  for (let now = from; now < from + ms; now += 1) {
    pace.count(perMs);
    pace.rate(now);
  }
  return from + ms;
}

describe('the pace of a handler', () => {
  it('is nothing at the beginning: nothing is held ahead, and starts are noted one by one', () => {
    const pace = new Pace();
    expect([pace.rate(0), pace.ahead(0), pace.group(0)]).toEqual([0, 0, 1]);
  });

  it('is what has gone through lately', () => {
    const pace = new Pace();
    const now = run(pace, 3, 500);
    expect(pace.rate(now)).toBeGreaterThan(2.5);
    expect(pace.rate(now)).toBeLessThan(3.5);
  });

  it('follows a handler that becomes slower, and forgets what is long ago', () => {
    const pace = new Pace();
    let now = run(pace, 10, 500);
    expect(pace.ahead(now)).toBeGreaterThan(100);
    now = run(pace, 0, 500, now);
    expect(pace.rate(now)).toBe(0);
    expect(pace.ahead(now)).toBe(0);
  });

  it('says nothing about now after a time in which nothing was looked at', () => {
    const pace = new Pace();
    const now = run(pace, 10, 500) + 60_000;
    pace.rate(now);
    expect(pace.rate(now + 1)).toBeLessThan(1);
  });

  it('lets a slow handler hold nothing ahead, and a fast one some ms of its work, within bounds', () => {
    const slow = new Pace();
    const fast = new Pace();
    const faster = new Pace();
    const end = [run(slow, 0.01, 500), run(fast, 2, 500), run(faster, 1_000, 500)] as const;
    expect(slow.ahead(end[0])).toBe(0);
    expect(fast.ahead(end[1])).toBeGreaterThan(20);
    expect(fast.ahead(end[1])).toBeLessThan(80);
    expect(faster.ahead(end[2])).toBe(300);
  });

  it('has starts noted in groups only where very many go through', () => {
    const ordinary = new Pace();
    const fast = new Pace();
    const end = [run(ordinary, 2, 500), run(fast, 50, 500)] as const;
    expect(ordinary.group(end[0])).toBe(1);
    expect(fast.group(end[1])).toBeGreaterThan(10);
  });
});
