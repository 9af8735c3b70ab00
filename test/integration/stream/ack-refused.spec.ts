import type { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { numbers } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { OwnServer } from '../../support/own-server.js';
import { StreamLab } from './lab.js';

const MESSAGES = 3_000;
/** What two handlers hold, what is read ahead, and what is done before the first refusal comes. */
const MOST_DONE = 1_000;
const LEASE = 300;
const USER = 'worker';

interface Reason {
  readonly why: string;
  readonly options: { readonly ack?: 'once' };
  readonly harm: readonly [string, ...string[]];
  readonly mend: readonly [string, ...string[]];
  readonly says: RegExp;
}

const REASONS: readonly Reason[] = [
  {
    why: "the memory is full and there is no room for the marks of 'once'",
    options: { ack: 'once' },
    harm: ['CONFIG', 'SET', 'maxmemory-policy', 'noeviction', 'maxmemory', '1mb'],
    mend: ['CONFIG', 'SET', 'maxmemory', '0'],
    says: /OOM/,
  },
  {
    why: 'its user may not',
    options: {},
    harm: ['ACL', 'SETUSER', USER, '-xack'],
    mend: ['ACL', 'SETUSER', USER, '+xack'],
    says: /can't run this command|NOPERM/,
  },
];

const call = (redis: Redis, [name, ...args]: readonly [string, ...string[]]): Promise<unknown> =>
  redis.call(name, ...args);

async function ownLab(): Promise<{ lab: StreamLab; url: string }> {
  const server = await OwnServer.start(['--appendonly', 'no']);
  const lab = StreamLab.open(server.url);
  await lab.redis.call('ACL', 'SETUSER', USER, 'on', '>secret', '~*', '&*', '+@all');
  return { lab, url: server.url.replace('//', `//${USER}:secret@`) };
}

describe.each(REASONS)('acknowledgements that Redis refuses, because $why', ({ options, harm, mend, says }) => {
  it('take up room, and health is degraded; they go through when that is mended, and nothing is handled twice', async () => {
    const { lab, url } = await ownLab();
    const worker = await lab.worker({ ...options, concurrency: 2 }, undefined, { url });
    const reader = await lab.worker({ reader: { from: '0' } });
    await lab.append('warm-up');
    await lab.settled();

    const batch = lab.redis.multi();
    for (const n of numbers(MESSAGES)) batch.xadd(lab.stream, '*', '$data', String(n));
    await batch.call(...harm).exec();
    await eventually(() => expect(worker.status()?.degraded).toMatch(says));
    // This one has had the time for all of them.
    await reader.finished.count(MESSAGES + 1);
    expect(worker.data.length).toBeLessThan(MOST_DONE);
    expect(worker.status()).toMatchObject({ alive: true, degraded: expect.stringMatching(says) as string });

    await call(lab.redis, mend);
    await worker.finished.count(MESSAGES + 1);
    await lab.settled();
    expect(worker.data).toEqual(['warm-up', ...numbers(MESSAGES)]);
    expect(worker.status()?.degraded).toBeUndefined();
  });

  it('keep their leases: no other consumer handles them again', async () => {
    const { lab, url } = await ownLab();
    const worker = await lab.worker({ ...options, lease: LEASE }, undefined, { url });
    await lab.append('warm-up');
    await lab.settled();
    const both = lab.redis.multi().xadd(lab.stream, '*', '$data', '1');
    const [added] = (await both.call(...harm).exec()) ?? [];
    await worker.finished.count(2);
    const doneAt = performance.now();

    // A sign of life that came after the lease would have ended.
    await eventually(async () => {
      const [pending] = await lab.pending();
      expect(pending).toMatchObject({ id: added?.[1], consumer: worker.consumer });
      expect(performance.now() - doneAt - (pending?.idle ?? 0)).toBeGreaterThan(2 * LEASE);
    });
    await call(lab.redis, mend);
    await lab.settled();
    expect(worker.eventsOf('leaseLost')).toEqual([]);
  });
});
