import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { watchLinks } from '../../../lib/connection/link-watch.js';
import { holdUpUntilAnswered } from '../../support/held-up.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis } from '../../support/redis.js';

/** How often the watch looks, and how long an answer is waited for, in ms. */
const EVERY = 5_000;

describe('the watch over connections that only listen', () => {
  it('looks at an answer that has come before it gives one up, in a process that was held up', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const [redis, signs] = [plainRedis(), new Recorder<string>()];
    const before = await redis.client('ID');
    onTestFinished(
      watchLinks(
        () => [redis],
        () => signs.add('sign'),
      ),
    );

    // From a timer, as the watch itself: it asks, nobody looks at the answer, and it looks again.
    await new Promise<void>((resolve) => {
      setTimeout(() => {
        vi.advanceTimersByTime(EVERY);
        holdUpUntilAnswered();
        vi.advanceTimersByTime(EVERY);
        resolve();
      });
    });

    expect(await redis.client('ID')).toBe(before);
    expect(await signs.count(1)).toEqual(['sign']);
  });
});
