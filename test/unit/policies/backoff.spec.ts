import { describe, expect, it } from 'vitest';
import { DEFAULT_BACKOFF_MAX, backoffDelay } from '../../../lib/policies/index.js';
import { seeded } from '../seeded.js';

const delays = (backoff: Parameters<typeof backoffDelay>[0], count: number): number[] =>
  Array.from({ length: count }, (_, index) => backoffDelay(backoff, index + 1, new Error('x')));

describe('a backoff', () => {
  it('that is fixed is always the same', () => {
    expect(delays({ type: 'fixed', delay: 250 }, 3)).toEqual([250, 250, 250]);
  });

  it('that is fixed is so also beyond what bounds those that grow, and has a max only where it says so', () => {
    expect(delays({ type: 'fixed', delay: 300_000 }, 2)).toEqual([300_000, 300_000]);
    expect(delays({ type: 'fixed', delay: 300_000, max: 100 }, 1)).toEqual([100]);
  });

  it('that is exponential doubles up to its max', () => {
    expect(delays({ type: 'exponential', delay: 100, max: 500 }, 5)).toEqual([100, 200, 400, 500, 500]);
  });

  it('never waits longer than a minute unless it says so', () => {
    expect(backoffDelay({ type: 'exponential', delay: 1_000 }, 2_000, undefined)).toBe(DEFAULT_BACKOFF_MAX);
    expect(DEFAULT_BACKOFF_MAX).toBe(60_000);
    expect(backoffDelay({ type: 'fixed', delay: 90_000, max: 100_000 }, 1, undefined)).toBe(90_000);
  });

  it('with jitter stays between its part and the whole, and reaches both', () => {
    const random = seeded(10);
    const backoff = { type: 'fixed', delay: 1_000, jitter: 0.2 } as const;
    const seen = Array.from({ length: 2_000 }, () => backoffDelay(backoff, 1, undefined, random));
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(800);
    expect(Math.min(...seen)).toBeLessThan(805);
    expect(Math.max(...seen)).toBeLessThanOrEqual(1_000);
    expect(Math.max(...seen)).toBeGreaterThan(995);
    expect(seen).toSatisfy((all: number[]) => all.every(Number.isInteger));
  });

  it('with full jitter can be 0 and is never negative', () => {
    expect(backoffDelay({ type: 'fixed', delay: 1_000, jitter: 1 }, 1, undefined, () => 1)).toBe(0);
    expect(backoffDelay({ type: 'fixed', delay: 0, jitter: 1 }, 1, undefined, () => 0.5)).toBe(0);
  });

  it('can be a function of the attempt that failed and of its error', () => {
    const error = new Error('x');
    const seen: unknown[] = [];
    const backoff = (...args: unknown[]): number => {
      seen.push(args);
      return 12.6;
    };
    expect(backoffDelay(backoff, 3, error)).toBe(13);
    expect(seen).toEqual([[3, error]]);
  });

  it.each([
    ['negative', -5, 0],
    ['no number', Number.NaN, 1_000],
    ['endless', Infinity, 1_000],
  ])('of a function that gives something %s has a fallback', (_, given, delay) => {
    expect(backoffDelay(() => given, 1, undefined)).toBe(delay);
  });
});
