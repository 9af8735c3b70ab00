import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { numbers } from '../support/conformance/lab.js';
import { eventually } from '../support/eventually.js';
import { killAtRandom } from '../support/faults/kill-at-random.js';
import { QueueLab } from '../support/queue/queue-lab.js';
import { below, seeded } from '../unit/seeded.js';

describe('a worker of a queue that is killed in the middle of a handler', () => {
  // A process that is only held up for a while still renews it in time.
  const LEASE = 5_000;

  it('leaves what it had started to another as attempt 2, and what it had only taken as attempt 1', async () => {
    const lab = new QueueLab();
    await lab.push({ n: 0, hang: true }, { n: 1, hang: true });
    const child = lab.child({ lease: LEASE, concurrency: 2 });
    await lab.ledger.until('start', 2);
    const consumers = `${lab.queue}:consumers`;
    const [victim = ''] = await lab.redis.zrange(consumers, '0', '0');
    // As a read leaves it that has come, and whose handlers had no turn yet.
    await lab.redis.rpush(`${lab.queue}:taken:${victim}`, JSON.stringify({ n: 2 }), JSON.stringify({ n: 3 }));
    const other = await lab.worker({ options: { lease: LEASE } });
    // While it lives, its heartbeats keep its jobs.
    await sleep(1.5 * LEASE);
    expect(other.data).toEqual([]);

    await child.kill();
    const leaseEndsAt = Number(await lab.redis.zscore(consumers, victim));

    const runs = await other.finished.count(4);
    expect(runs.map(({ data, attempt }) => [(data as { n: number }).n, attempt])).toEqual([
      [0, 2],
      [1, 2],
      [2, 1],
      [3, 1],
    ]);
    expect(Number(runs[0]?.at)).toBeGreaterThanOrEqual(leaseEndsAt);
    expect(Number(runs[0]?.at)).toBeLessThan(leaseEndsAt + 2 * LEASE);
    await lab.settled();
    expect(await lab.deadLetters()).toEqual([]);
  });
});

describe('1 000 jobs, and three workers that are killed at random times and replaced', () => {
  const JOBS = 1_000;
  const CONCURRENCY = 10;
  const KILLS = 8;
  const OPTIONS = { lease: 1_000, concurrency: CONCURRENCY, retry: { attempts: 100 } };
  /** Eleven processes start, and a busy machine takes seconds for each. */
  const PATIENCE = 60_000;

  it(
    'are all handled to their end, every start is counted, and nothing is left anywhere',
    async () => {
      const random = seeded(20_261_125);
      const lab = new QueueLab();
      await lab.push(...numbers(JOBS).map((n) => ({ n, work: 50 + below(random, 100) })));
      await killAtRandom(() => lab.child(OPTIONS), KILLS, random);

      await eventually(() => expect(new Set(lab.ledger.ended()).size).toBe(JOBS), PATIENCE);
      await lab.settled();

      expect(await lab.deadLetters()).toEqual([]);
      const attempts = lab.ledger.attemptsByMessage();
      expect([...attempts.values()].filter((seen) => new Set(seen).size < seen.length)).toEqual([]);
      // A kill between the note of a start and the handler's first line charges a start that the ledger does not have.
      const overcharges = [...attempts.values()].map((seen) => Math.max(...seen) - seen.length);
      expect(overcharges.reduce((sum, missing) => sum + missing, 0)).toBeLessThanOrEqual(KILLS);
    },
    2 * PATIENCE,
  );
});
