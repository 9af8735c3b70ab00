import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Suspects } from '../../../lib/mechanisms/queue/suspects.js';

const suspect = () => ({ hasCrashed: true });

/** Says when the next one may start. */
const suspectsOf = (next: () => void = () => undefined): Suspects => new Suspects(next);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a job that may have ended its process', () => {
  it('keeps the next one waiting until it has ended', () => {
    const [suspects, a, b] = [suspectsOf(), suspect(), suspect()];
    expect(suspects.mayStart([a])).toBe(true);
    expect(suspects.mayStart([b])).toBe(false);

    suspects.ended(a);
    expect(suspects.mayStart([b])).toBe(true);
  });

  it('keeps the next one waiting for a second where it does not end', () => {
    const next = vi.fn<() => void>();
    const [suspects, a, b] = [suspectsOf(next), suspect(), suspect()];
    suspects.mayStart([a]);
    vi.advanceTimersByTime(999);
    expect(suspects.mayStart([b])).toBe(false);

    vi.advanceTimersByTime(1);
    expect(next).toHaveBeenCalledOnce();
    expect(suspects.mayStart([b])).toBe(true);
  });

  it('has its own second, whichever of those before it ends meanwhile', () => {
    const [suspects, a, b, c] = [suspectsOf(), suspect(), suspect(), suspect()];
    suspects.mayStart([a]);
    vi.advanceTimersByTime(1_000);
    suspects.mayStart([b]);

    suspects.ended(a);
    expect(suspects.mayStart([c])).toBe(false);
    vi.advanceTimersByTime(999);
    expect(suspects.mayStart([c])).toBe(false);
    vi.advanceTimersByTime(1);
    expect(suspects.mayStart([c])).toBe(true);
  });

  it('keeps no others waiting', () => {
    const suspects = suspectsOf();
    suspects.mayStart([suspect()]);
    expect(suspects.mayStart([{ hasCrashed: false }])).toBe(true);
  });
});
