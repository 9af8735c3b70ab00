import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { StreamLab } from '../support/faults/stream-lab.js';
import { OwnServer } from '../support/own-server.js';

const LEASE = 500;

/** Why a dead letter cannot be written: what makes it so, what mends it, and what Redis says. */
const REASONS: readonly { why: string; harm: Harm; mend: Harm; says: string }[] = [
  {
    why: 'their key is a string',
    harm: (redis, key) => redis.set(key, 'no place for dead letters'),
    mend: (redis, key) => redis.del(key),
    says: 'WRONGTYPE',
  },
  {
    why: 'the memory is full and nothing may be evicted',
    harm: (redis) => redis.config('SET', 'maxmemory-policy', 'noeviction', 'maxmemory', '1mb'),
    mend: (redis) => redis.config('SET', 'maxmemory', '0'),
    says: 'OOM',
  },
];

type Harm = (redis: Redis, deadLetters: string) => Promise<unknown>;

describe.each(REASONS)('dead letters that cannot be written, because $why', ({ harm, mend, says }) => {
  it('are not acknowledged: health is degraded, and they go through when that is mended, once', async () => {
    const server = await OwnServer.start();
    const lab = new StreamLab(server.url);
    const worker = await lab.worker({
      options: { lease: LEASE, retry: { attempts: 1 }, concurrency: 2 },
      handle: async () => {
        await harm(lab.redis, `${lab.stream}:dlq`);
        throw new Error('never works');
      },
    });
    const [id] = await lab.append('x');
    await worker.finished.count(1);

    await eventually(() => expect(worker.events.items.map(({ type }) => type)).toContain('deadLetterFailed'));
    // It stays with its consumer, however long that takes.
    await sleep(3 * LEASE);
    expect(await lab.pendingRows()).toMatchObject([{ id }]);
    const { status, degraded = [] } = worker.health();
    expect(status).toBe('degraded');
    expect(degraded).toEqual([expect.stringContaining(says)]);
    const failures = worker.log.lines.items.filter(({ text }) => text.includes(says));
    expect(failures).toHaveLength(1);

    await mend(lab.redis, `${lab.stream}:dlq`);

    await lab.settled();
    expect((await lab.deadLetters()).map(({ headers }) => headers['dlq-id'])).toEqual([id]);
    expect(worker.attempts).toEqual([1]);
    await eventually(() => expect(worker.health().status).toBe('up'));
  });
});
