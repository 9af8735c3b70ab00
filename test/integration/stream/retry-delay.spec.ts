import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { numbers } from '../../support/conformance/lab.js';
import { FAST, GROUP, StreamLab, type Worker } from './lab.js';

const after = (delay: number) => ({ attempts: 3, backoff: { type: 'fixed', delay } }) as const;

const failsFirst = ({ attempt }: { attempt: number }): void => {
  if (attempt === 1) throw new Error('not yet');
};

/** From the start of the first attempt to that of the second, in ms. Two clocks are at work, which count whole ms. */
const waited = (...workers: readonly Worker[]): number => {
  const [first, second] = workers.flatMap(({ started }) => started.items).toSorted((a, b) => a.attempt - b.attempt);
  return Number(second?.at) - Number(first?.at) + 2;
};

describe('a retry that waits for less than a lease', () => {
  it('is parked as a pending entry with its attempts counted, needs nothing beside it, and comes when it is due', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ retry: after(200) }, failsFirst);
    await lab.append('x');
    await worker.event('retried');

    const parked = await lab.parked(1);
    expect(parked).toEqual([expect.objectContaining({ consumer: '$parked', deliveries: 2 })]);
    expect(await lab.redis.exists(`${lab.stream}:parked:${GROUP}`)).toBe(0);
    await worker.finished.count(2);

    expect(waited(worker)).toBeGreaterThanOrEqual(200);
    expect(worker.attempts).toEqual([1, 2]);
    await lab.settled();
  });
});

describe('a retry that waits for longer than a lease', () => {
  const LEASE = 150;

  it('comes when it is due and not before, and nothing of it is left', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ lease: LEASE, retry: after(4 * LEASE) }, failsFirst);
    const [id = ''] = await lab.append('x');
    await worker.event('retried');
    await lab.parked(1);

    expect(await lab.redis.zscore(`${lab.stream}:parked:${GROUP}`, id)).not.toBeNull();
    await worker.finished.count(2);

    expect(waited(worker)).toBeGreaterThanOrEqual(4 * LEASE);
    expect(worker.attempts).toEqual([1, 2]);
    await lab.settled();
    expect(await lab.redis.exists(`${lab.stream}:parked:${GROUP}`)).toBe(0);
  });

  it('does not come earlier to another consumer when its own is gone', async () => {
    const lab = StreamLab.open();
    const options = { lease: LEASE, retry: after(4 * LEASE) };
    const first = await lab.worker(options, failsFirst);
    await lab.append('x');
    await first.event('retried');
    await first.close();

    const second = await lab.worker(options, failsFirst);
    await second.finished.count(1);

    expect(second.attempts).toEqual([2]);
    expect(waited(first, second)).toBeGreaterThanOrEqual(4 * LEASE);
  });
});

describe('a retry that is due', () => {
  it('does not wait for the end of a backlog', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ retry: after(100) }, async (context) => {
      await sleep(2);
      if (context.message.data === 0) failsFirst(context);
    });

    await lab.append(...numbers(500));
    await worker.finished.count(501);

    expect(worker.attempts.indexOf(2)).toBeLessThan(400);
  });

  it('does not wait for a heartbeat when the only place was taken at that time', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ retry: { attempts: 2, backoff: FAST } }, () => Promise.reject(new Error('no')));
    await lab.append('a', 'b', 'c');

    await lab.lettersWhen(3);

    const [first, last] = [worker.started.items[0], worker.started.items.at(-1)];
    expect(worker.started.items).toHaveLength(6);
    expect(Number(last?.at) - Number(first?.at)).toBeLessThan(5_000);
  });
});
