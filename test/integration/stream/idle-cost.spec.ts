import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRedisServer } from '../../../tools/redis/start-server.mjs';
import { StreamLab } from './lab.js';

/** How long is counted, in ms. */
const WINDOW = 2_000;

/** How often each command was called, those of the test left out. */
async function calls(lab: StreamLab): Promise<Map<string, number>> {
  const stats = await lab.redis.info('commandstats');
  const counts = [...stats.matchAll(/cmdstat_([^:]+):calls=(\d+)/g)].map(([, name, count]) => [name, Number(count)]);
  const own = ['config|resetstat', 'info'];
  return new Map((counts as [string, number][]).filter(([name]) => !own.includes(name)));
}

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
      await lab.redis.config('RESETSTAT');

      await sleep(WINDOW);
      const counts = await calls(lab);

      // Both come once in each third of a lease.
      const most = Math.ceil(WINDOW / (lease / 3)) + 1;
      expect([...counts.keys()].toSorted((a, b) => a.localeCompare(b))).toEqual(['xinfo|stream', 'xreadgroup']);
      expect(counts.get('xreadgroup')).toBeLessThanOrEqual(most);
      expect(counts.get('xinfo|stream')).toBeLessThanOrEqual(most);
    },
  );

  it('costs no more where a retry waits that is not due for long', async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.stop());
    const lab = StreamLab.open(server.url);
    const retry = { attempts: 2, backoff: { type: 'fixed', delay: 60_000 } } as const;
    const worker = await lab.worker({ lease: 600, retry }, () => Promise.reject(new Error('not yet')));
    await lab.append('x');
    await worker.event('retried');
    await lab.parked(1);
    await lab.redis.config('RESETSTAT');

    await sleep(WINDOW);
    const counts = await calls(lab);

    const most = Math.ceil(WINDOW / 200) + 1;
    expect(counts.get('evalsha') ?? 0).toBeLessThanOrEqual(most);
    expect(counts.get('xreadgroup')).toBeLessThanOrEqual(most);
  });
});
