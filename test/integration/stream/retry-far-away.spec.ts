import type { StreamOptions } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { numbers } from '../../support/conformance/lab.js';
import { StreamLab } from './lab.js';

/** Longer than a timer of Node can wait. */
const MONTH = 31 * 24 * 3_600_000;

const again = { attempts: 99, backoff: () => MONTH };

describe('a retry in a month', () => {
  it.each<[string, StreamOptions]>([
    ['that is parked', { retry: again }],
    ["of a reader's", { reader: { from: '0' }, retry: again }],
    ['that holds up those of its key', { orderBy: ({ data }) => data, retry: { ...again, hold: true } }],
  ])('%s does not come now', async (_, options) => {
    const lab = StreamLab.open();
    const worker = await lab.worker(options, ({ message }) => {
      if (message.data === 0) throw new Error('not this month');
    });
    await lab.append(0);
    await worker.event('retried');

    for (const n of numbers(20).slice(1)) {
      await lab.append(n);
      await worker.finished.until((items) => items.some(({ data }) => data === n));
    }
    expect(worker.data).toEqual(numbers(20));
  });
});
