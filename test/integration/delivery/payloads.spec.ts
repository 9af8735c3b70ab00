import type { RetryOptions, StreamOptions } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { QueueLab } from '../../support/queue/queue-lab.js';
import { StreamLab } from '../stream/lab.js';

const PUBLISHED = { total: 1 };
const THRICE: RetryOptions = { attempts: 3, backoff: { type: 'fixed', delay: 5 } };
const HELD: RetryOptions = { ...THRICE, hold: true };

/** Notes what each attempt gets, and spoils it. */
function spoiling() {
  const seen: unknown[] = [];
  const handle = ({ message }: { message: { data: unknown } }): never => {
    seen.push(structuredClone(message.data));
    for (const each of [message.data].flat() as { total: number }[]) each.total += 1;
    throw new Error('not yet');
  };
  return { seen, handle };
}

describe('every attempt gets the payload as it was published, whatever the ones before it did to it', () => {
  it.each<[string, StreamOptions]>([
    ['parked', { retry: THRICE }],
    ['held', { retry: HELD }],
    ["a reader's", { reader: { from: '0' }, retry: THRICE }],
    ["a reader's that is held", { reader: { from: '0' }, retry: HELD }],
  ])('of a stream, %s', async (_, options) => {
    const lab = StreamLab.open();
    const { seen, handle } = spoiling();
    const worker = await lab.worker(options, handle);
    await lab.append(PUBLISHED);

    await worker.event('deadLettered');
    expect(seen).toEqual([PUBLISHED, PUBLISHED, PUBLISHED]);
  });

  it.each<[string, RetryOptions]>([
    ['delayed', THRICE],
    ['held', HELD],
  ])('of a queue, %s', async (_, retry) => {
    const lab = new QueueLab();
    const { seen, handle } = spoiling();
    const worker = await lab.worker({ options: { retry }, handle });
    await lab.push(PUBLISHED);

    await worker.event('deadLettered');
    expect(seen).toEqual([PUBLISHED, PUBLISHED, PUBLISHED]);
  });

  it('of a batch', async () => {
    const lab = StreamLab.open();
    const { seen, handle } = spoiling();
    const worker = await lab.worker({ batch: { size: 2, wait: 5_000 }, retry: THRICE }, handle);
    await lab.append(PUBLISHED, PUBLISHED);

    await worker.event('deadLettered', 2);
    expect(seen.flat()).toEqual(Array.from({ length: 6 }, () => PUBLISHED));
  });
});
