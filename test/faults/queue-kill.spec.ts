import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { numbers } from '../support/conformance/lab.js';
import { eventually } from '../support/eventually.js';
import { killAtRandom } from '../support/faults/kill-at-random.js';
import { numberOf } from '../support/faults/ledger.js';
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

describe.each([1, 10])('a job that kills its process every time, with concurrency %i', (concurrency) => {
  const LEASE = 500;
  const ATTEMPTS = 3;
  const JOBS = 10;
  const POISON = 4;
  /** Four processes start, and a busy machine takes many seconds for each. */
  const PATIENCE = 120_000;

  it(
    'is given up as crashed after exactly its attempts, and its neighbours pay for their own starts only',
    async () => {
      const lab = new QueueLab();
      await lab.push(...numbers(JOBS).map((n) => (n === POISON ? { n, die: { at: 'start' } } : { n, work: 50 })));
      const options = { lease: LEASE, concurrency, retry: { attempts: ATTEMPTS } };

      for (let death = 0; death < ATTEMPTS; death += 1) expect(await lab.child(options).end()).toBe('SIGKILL');
      await lab.child(options).ready();

      // Some may have ended twice: what had ended and was not acknowledged yet when the process died.
      await eventually(() => expect(new Set(lab.ledger.ended()).size).toBe(JOBS - 1));
      await eventually(async () => expect(await lab.deadLetters()).toHaveLength(1));
      await lab.settled();
      const [letter] = await lab.deadLetters();
      expect(letter?.headers).toMatchObject({ 'dlq-reason': 'crashed', 'dlq-attempts': String(ATTEMPTS) });
      expect(numberOf({ data: JSON.parse(String(letter?.payload)) as unknown })).toBe(POISON);
      for (const n of numbers(JOBS)) {
        const attempts = lab.ledger.attempts(n);
        expect(attempts, `the attempts of job ${n}`).toEqual(numbers(attempts.length).map((index) => index + 1));
      }
      expect(lab.ledger.attempts(POISON)).toHaveLength(ATTEMPTS);
    },
    PATIENCE,
  );
});
