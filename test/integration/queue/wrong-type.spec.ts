import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { QueueLab } from '../../support/queue/queue-lab.js';

const KEYS = [
  { key: 'queue', suffix: '', wanted: 'list' },
  { key: 'set of consumers', suffix: ':consumers', wanted: 'zset' },
  { key: 'set of delayed jobs', suffix: ':delayed', wanted: 'zset' },
];

describe('a queue of which a key is of the wrong type', () => {
  it.each(KEYS)('names the $key, and works as soon as it is gone', async ({ suffix, wanted }) => {
    const lab = new QueueLab();
    const key = lab.queue + suffix;
    await lab.redis.set(key, 'a string');
    const worker = await lab.worker({ options: { lease: 300 } });
    const refusal = `WRONGTYPE the key "${key}" holds a string, not a ${wanted}`;
    await eventually(() =>
      expect(worker.status()).toMatchObject({ alive: false, reason: expect.stringContaining(refusal) }),
    );

    await lab.redis.del(key);
    await lab.push('a');
    await worker.finished.count(1);
    await eventually(() => expect(worker.status()?.alive).toBe(true));
  });

  it('is degraded in health with its name where it has become so, as no delayed job is found any more', async () => {
    const lab = new QueueLab();
    const worker = await lab.worker({ options: { lease: 300 } });
    await lab.push('a');
    await worker.finished.count(1);
    const key = `${lab.queue}:delayed`;
    await lab.redis.set(key, 'a string');
    const refusal = `WRONGTYPE the key "${key}" holds a string, not a zset`;
    await eventually(() => expect(worker.status()).toMatchObject({ degraded: expect.stringContaining(refusal) }));

    await lab.redis.del(key);
    await lab.push('b');
    await worker.finished.count(2);
    await eventually(() => expect(worker.status()?.degraded).toBeUndefined());
  });
});
