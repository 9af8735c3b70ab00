import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Script } from '../../lib/connection/index.js';
import { DELAY } from '../../lib/mechanisms/queue/delay.script.js';
import { numbers } from '../support/conformance/lab.js';
import { eventually } from '../support/eventually.js';
import { plainRedis } from '../support/redis.js';
import { QueueLab, ours } from '../support/queue/queue-lab.js';
import { below, seeded } from '../unit/seeded.js';

/** As the publisher adds them. KEYS: delayed · ARGV: item and delay of each · returns the time by Redis' clock. */
const ADD = new Script(`${DELAY}
for i = 1, #ARGV, 2 do delay(KEYS[1], ARGV[i], ARGV[i + 1]) end
return now
`);

/** What so large a part of the values is below. */
const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? NaN;

describe('10 000 jobs that are delayed over 5 s, and four consumers', () => {
  const JOBS = 10_000;
  const FIRST = 2_000;

  it('come when they are due, each once', async () => {
    const lab = new QueueLab();
    const random = seeded(11);
    // The heartbeats alone would find them after twenty seconds.
    const options = { concurrency: 20, lease: 60_000 };
    const workers = await Promise.all(numbers(4).map(() => lab.worker({ options })));
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
    await lab.settled();
    const runs = workers.flatMap(({ started }) => started.items);
    expect(runs.map(({ data }) => Number(data)).toSorted((one, other) => one - other)).toEqual(numbers(JOBS));
    const late = runs.map(({ data, at }) => at - addedAt - Number(due[data as number]?.delay));
    // How late they are also depends on what else the machine does at that moment: hardly for those that are least so.
    expect(quantile(late, 0.01)).toBeLessThan(100);
    expect(quantile(late, 0.1)).toBeLessThan(2_000);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(-2);
  });
});

describe('a delayed job, while all consumers are idle', () => {
  it('comes within 50 ms, also where it is due earlier than what was known before', async () => {
    const lab = new QueueLab();
    // The heartbeats alone would find it after ten seconds.
    const worker = await lab.worker({ options: { lease: 30_000 } });
    const add = (text: string, delay: number): Promise<unknown> =>
      ADD.run(lab.redis, [`${lab.queue}:delayed`], [ours(JSON.stringify(text)), delay]);
    // It has looked what is due when it could hear of it at last: from now on it has to be told.
    await eventually(async () => {
      expect(await lab.redis.pubsub('NUMSUB', `${lab.queue}:delayed`)).toEqual([`${lab.queue}:delayed`, 1]);
    });
    await add('first', 0);
    await worker.finished.count(1);
    const delays = numbers(10).map((n) => 500 * (n + 1));
    const dueAt = new Map<unknown, number>();
    const dueOf = (data: unknown): number => Number(dueAt.get(data));
    // Each is due earlier than all that were added before it.
    for (const delay of delays.toReversed()) {
      const now = Number(await add(String(delay), delay));
      dueAt.set(String(delay), now + delay);
    }

    const [, ...runs] = await worker.started.count(1 + delays.length);
    expect(runs.map(({ data }) => data)).toEqual([...dueAt.keys()].toSorted((a, b) => dueOf(a) - dueOf(b)));
    const late = runs.map(({ data, at }) => at - dueOf(data));
    // What a loaded machine adds is not the library's: it does not hold up all of them.
    expect(Math.min(...late)).toBeLessThan(50);
    expect(Math.min(...late)).toBeLessThan(50);
    // Who knows of the last one only finds all of them then: half of them more than two seconds late.
    expect(quantile(late, 0.5)).toBeLessThan(2_000);
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
