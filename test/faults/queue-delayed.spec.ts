import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Script } from '../../lib/connection/index.js';
import { DELAY } from '../../lib/mechanisms/queue/delay.script.js';
import { numbers } from '../support/conformance/lab.js';
import { plainRedis } from '../support/redis.js';
import { QueueLab, ours } from '../support/queue/queue-lab.js';
import { below, seeded } from '../unit/seeded.js';

/** As the publisher adds them. KEYS: delayed · ARGV: item and delay of each · returns the time by Redis' clock. */
const ADD = new Script(`${DELAY}
for i = 1, #ARGV, 2 do delay(KEYS[1], ARGV[i], ARGV[i + 1]) end
return now
`);

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

describe('10 000 jobs that are delayed over 5 s, and four consumers', () => {
  const JOBS = 10_000;
  const FIRST = 2_000;

  // How late they are also depends on what else the machine does at that moment.
  it('come when they are due, each once', { retry: 2 }, async () => {
    const lab = new QueueLab();
    const random = seeded(11);
    const workers = await Promise.all(numbers(4).map(() => lab.worker({ options: { concurrency: 20 } })));
    const due = numbers(JOBS).map((n) => ({ n, delay: FIRST + below(random, 5_000) }));
    let addedAt = 0;
    for (let start = 0; start < JOBS; start += 1_000) {
      const args = due.slice(start, start + 1_000).flatMap(({ n, delay }) => {
        // Those that are added later count from the same moment.
        const left = addedAt === 0 ? delay : delay - (Date.now() - addedAt);
        return [ours(String(n), { id: randomUUID() }), left];
      });
      const now = Number(await ADD.run(lab.redis, [`${lab.queue}:delayed`], args));
      if (addedAt === 0) addedAt = now;
    }

    const handled = (): number => workers.reduce((sum, { finished }) => sum + finished.items.length, 0);
    await Promise.race(workers.map(({ finished }) => finished.until(() => handled() >= JOBS)));
    await lab.settled(20_000);
    const runs = workers.flatMap(({ started }) => started.items);
    expect(runs.map(({ data }) => Number(data)).toSorted((one, other) => one - other)).toEqual(numbers(JOBS));
    const late = runs.map(({ data, at }) => at - addedAt - Number(due[data as number]?.delay));
    expect(median(late)).toBeLessThan(100);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(-2);
  });
});

describe('a delayed job, while all consumers are idle', () => {
  // How late they are also depends on what else the machine does at that moment.
  it('comes within 50 ms, also where it is due earlier than what was known before', { retry: 2 }, async () => {
    const lab = new QueueLab();
    // The heartbeats alone would find it after ten seconds.
    const worker = await lab.worker({ options: { lease: 30_000 } });
    const add = (text: string, delay: number): Promise<unknown> =>
      ADD.run(lab.redis, [`${lab.queue}:delayed`], [ours(JSON.stringify(text)), delay]);
    const start = Number(await add('later', 1_500));
    await add('earlier', 400);

    const runs = await worker.started.count(2);
    expect(runs.map(({ data }) => data)).toEqual(['earlier', 'later']);
    const late = [Number(runs[0]?.at) - start - 400, Number(runs[1]?.at) - start - 1_500];
    // What a loaded machine adds is not the library's.
    for (const each of late) expect(each).toBeLessThan(500);
    expect(Math.min(...late)).toBeLessThan(50);
  });

  it('is found by the heartbeat where the subscription is refused', async () => {
    const lab = new QueueLab();
    const redis = plainRedis();
    const user = `user-${randomUUID().slice(0, 8)}`;
    await redis.call('ACL', 'SETUSER', user, 'on', '>secret', '~*', '+@all', 'resetchannels');
    try {
      const url = new URL(lab.url);
      const connection = `redis://${user}:secret@${url.host}`;
      const worker = await lab.worker({ options: { lease: 900 }, flow: { connection } });
      await ADD.run(lab.redis, [`${lab.queue}:delayed`], [ours('"x"'), 50]);

      await worker.finished.count(1);
      await lab.settled();
      const lines = worker.log.lines.items.filter(({ text }) => text.startsWith('Subscribing'));
      expect(lines).toHaveLength(1);
      expect(lines[0]?.text).toMatch(`Subscribing to ${lab.queue}:delayed failed (ReplyError: NOPERM`);
    } finally {
      await redis.call('ACL', 'DELUSER', user);
    }
  });
});
