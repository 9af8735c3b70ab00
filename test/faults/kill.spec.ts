import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { numbers } from '../support/conformance/lab.js';
import { eventually } from '../support/eventually.js';
import { killAtRandom } from '../support/faults/kill-at-random.js';
import { StreamLab } from '../support/faults/stream-lab.js';
import { below, seeded } from '../unit/seeded.js';

describe('a worker that is killed in the middle of a handler', () => {
  // A process that is only held up for a while still renews it in time.
  const LEASE = 5_000;

  it('leaves its message to another: after the lease and not before, as attempt 2, and nothing else', async () => {
    const lab = new StreamLab();
    await lab.append({ n: 0 }, { n: 1, hang: true }, { n: 2 }, { n: 3 });
    const child = lab.child({ lease: LEASE, concurrency: 2 });
    await lab.ledger.until('end', 3);
    await lab.ledger.until('start', 4);
    const other = await lab.worker({ options: { lease: LEASE } });
    // While it lives, its heartbeats keep the message.
    await sleep(1.5 * LEASE);
    expect(other.data).toEqual([]);

    await child.kill();
    const askedAt = Date.now();
    const [row] = await lab.pendingRows();
    const lastSeenAt = askedAt - Number(row?.idle);

    const [taken] = await other.started.count(1);
    expect(taken).toMatchObject({ data: { n: 1 }, attempt: 2 });
    expect(Number(taken?.at) - lastSeenAt).toBeGreaterThanOrEqual(LEASE);
    expect(Number(taken?.at) - lastSeenAt).toBeLessThan(3 * LEASE);
    await lab.settled();
    expect(other.data).toHaveLength(1);
    expect(lab.ledger.of('start').map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1]);
    expect(await lab.deadLetters()).toEqual([]);
  });
});

describe('1 000 messages, and three workers that are killed at random times and replaced', () => {
  const MESSAGES = 1_000;
  const CONCURRENCY = 10;
  const KILLS = 8;
  const OPTIONS = { lease: 1_000, concurrency: CONCURRENCY, retry: { attempts: 100 } };
  /** Eleven processes start, and a busy machine takes seconds for each. */
  const PATIENCE = 60_000;

  it(
    'are all handled to their end, and every start is counted',
    async () => {
      const random = seeded(20_261_124);
      const lab = new StreamLab();
      await lab.append(...numbers(MESSAGES).map((n) => ({ n, work: 50 + below(random, 100) })));
      await killAtRandom(() => lab.child(OPTIONS), KILLS, random);

      await eventually(() => expect(new Set(lab.ledger.ended()).size).toBe(MESSAGES), PATIENCE);
      await lab.settled();

      expect(await lab.deadLetters()).toEqual([]);
      const attempts = lab.ledger.attemptsByMessage();
      const undercharged = [...attempts].filter(([, seen]) => new Set(seen).size < seen.length);
      expect(undercharged).toEqual([]);
      // A kill between the note of a start and the handler's first line charges a start that the ledger does not have. At
      // worst that is all that one process starts at once; a reader that charges what it has not started does it each time.
      const overcharges = [...attempts.values()].map((seen) => Math.max(...seen) - seen.length);
      expect(overcharges.reduce((sum, missing) => sum + missing, 0)).toBeLessThanOrEqual(CONCURRENCY);
    },
    2 * PATIENCE,
  );
});
