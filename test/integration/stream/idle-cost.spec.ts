import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRedisServer } from '../../../tools/redis/start-server.mjs';
import { StreamLab } from './lab.js';

/** How long is counted, in ms. */
const WINDOW = 2_000;

/**
 * How often each command was called in a while, those of the test left out, and how long that took in ms: a slow machine
 * makes it longer, and there is more to count then.
 */
async function callsInWindow(lab: StreamLab): Promise<{ counts: Map<string, number>; ms: number }> {
  const since = performance.now();
  await lab.redis.config('RESETSTAT');
  await sleep(WINDOW);
  const stats = await lab.redis.info('commandstats');
  const ms = performance.now() - since;
  const counts = [...stats.matchAll(/cmdstat_([^:]+):calls=(\d+)/g)].map(([, name, count]) => [name, Number(count)]);
  const own = ['config|resetstat', 'info'];
  return { counts: new Map((counts as [string, number][]).filter(([name]) => !own.includes(name))), ms };
}

/** A script looks for losses where a read was late, and asks Redis twice. */
const LOOKS = ['eval', 'evalsha', 'xinfo|groups'];

describe('a handler that has nothing to do', () => {
  it.each([600, 1_500])(
    'costs one read for each block time and one command for each heartbeat, lease %i',
    async (lease) => {
      const server = await startRedisServer();
      onTestFinished(() => server.stop());
      const lab = StreamLab.open(server.url);
      const worker = await lab.worker({ lease }, undefined, { isUnnamed: true });
      await lab.append('x');
      await worker.finished.count(1);
      await lab.settled();

      const { counts, ms } = await callsInWindow(lab);

      // Both come once in each third of a lease.
      const most = Math.ceil(ms / (lease / 3)) + 1;
      const looks = counts.get('xinfo|groups') ?? 0;
      const names = [...counts.keys()].filter((name) => !LOOKS.includes(name));
      expect(names.toSorted((a, b) => a.localeCompare(b))).toEqual(['xinfo|stream', 'xreadgroup']);
      expect(counts.get('xreadgroup')).toBeLessThanOrEqual(most);
      expect(Number(counts.get('xinfo|stream')) - looks).toBeLessThanOrEqual(most);
      expect((counts.get('eval') ?? 0) + (counts.get('evalsha') ?? 0)).toBe(looks);
      expect(looks).toBeLessThan(Number(counts.get('xreadgroup')) / 2);
    },
  );

  it('costs no more where a retry waits that is not due for long', async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.stop());
    const lab = StreamLab.open(server.url);
    const retry = { attempts: 2, backoff: { type: 'fixed', delay: 60_000 } } as const;
    const handle = () => Promise.reject(new Error('not yet'));
    await lab.worker({ lease: 600, retry }, handle, { isUnnamed: true });
    await lab.append('x');
    await lab.parked(1);

    const { counts, ms } = await callsInWindow(lab);

    const most = Math.ceil(ms / 200) + 1;
    const looks = counts.get('xinfo|groups') ?? 0;
    expect((counts.get('evalsha') ?? 0) - looks).toBeLessThanOrEqual(most);
    expect(counts.get('xreadgroup')).toBeLessThanOrEqual(most);
  });
});
