import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisFlowContext } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { numbers } from '../../support/conformance/lab.js';
import { FAST, GROUP, StreamLab, type Worker } from './lab.js';

const after = (delay: number) => ({ attempts: 3, backoff: { type: 'fixed', delay } }) as const;

const failsFirst = ({ attempt }: { attempt: number }): void => {
  if (attempt === 1) throw new Error('not yet');
};

/** The same; and what comes again before its consumer is gone is handed back. */
const failsAndGoes = (context: RedisFlowContext): void =>
  context.attempt === 1 ? failsFirst(context) : context.release();

/** From the start of the first attempt to that of the second, in ms. Two clocks are at work, which count whole ms. */
const waited = (...workers: readonly Worker[]): number => {
  const [first, second] = workers.flatMap(({ started }) => started.items).toSorted((a, b) => a.attempt - b.attempt);
  return Number(second?.at) - Number(first?.at) + 2;
};

describe('a retry that waits for less than a lease', () => {
  it('is parked as a pending entry with its attempts counted, and needs nothing beside it', async () => {
    const lab = StreamLab.open();
    await lab.worker({ lease: 60_000, retry: after(59_000) }, failsFirst);
    await lab.append('x');

    const parked = await lab.parked(1);
    expect(parked).toEqual([expect.objectContaining({ consumer: '$parked', deliveries: 2 })]);
    expect(await lab.redis.exists(`${lab.stream}:parked:${GROUP}`)).toBe(0);
  });

  it('comes when it is due and not before', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ retry: after(200) }, failsFirst);
    await lab.append('x');
    await worker.finished.count(2);

    expect(waited(worker)).toBeGreaterThanOrEqual(200);
    expect(worker.attempts).toEqual([1, 2]);
    await lab.settled();
  });
});

describe('a retry that waits for longer than a lease', () => {
  const LEASE = 150;

  it('is parked as a pending entry, and has its due time beside it', async () => {
    const lab = StreamLab.open();
    await lab.worker({ lease: LEASE, retry: after(60_000) }, failsFirst);
    const [id = ''] = await lab.append('x');

    const parked = await lab.parked(1);
    expect(parked).toEqual([expect.objectContaining({ consumer: '$parked', deliveries: 2 })]);
    expect(await lab.redis.zscore(`${lab.stream}:parked:${GROUP}`, id)).not.toBeNull();
  });

  it('comes when it is due and not before, and nothing of it is left', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ lease: LEASE, retry: after(4 * LEASE) }, failsFirst);
    await lab.append('x');
    await worker.finished.count(2);

    expect(waited(worker)).toBeGreaterThanOrEqual(4 * LEASE);
    expect(worker.attempts).toEqual([1, 2]);
    await lab.settled();
    expect(await lab.redis.exists(`${lab.stream}:parked:${GROUP}`)).toBe(0);
  });

  it('does not come earlier to another consumer when its own is gone', async () => {
    const lab = StreamLab.open();
    const options = { lease: LEASE, retry: after(4 * LEASE) };
    const first = await lab.worker(options, failsAndGoes);
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
    // The first heartbeat would come after twenty seconds.
    const options = { lease: 60_000, retry: { attempts: 2, backoff: FAST } };
    const worker = await lab.worker(options, () => Promise.reject(new Error('no')));
    await lab.append('a', 'b', 'c');

    await lab.lettersWhen(3);

    expect(worker.started.items).toHaveLength(6);
  });
});
