import { describe, expect, it } from 'vitest';
import { numbers } from '../support/conformance/lab.js';
import { eventually } from '../support/eventually.js';
import { StreamLab } from '../support/faults/stream-lab.js';

const MESSAGES = 400;
const KILLS = 2;
/**
 * What one process may repeat of what the one before had finished; its checkpoint is not written for each entry. While
 * Redis is held up, nothing is finished either: each handler waits for an answer of it.
 */
const MOST_REPEATED = 20;
const READER = { group: undefined, reader: { from: '0', checkpoint: 'audit' } };

describe('a reader with a checkpoint that is killed again and again', () => {
  it('goes on after what it had finished: it misses nothing, and hardly repeats itself', async () => {
    const lab = new StreamLab();
    const ids = await lab.append(...numbers(MESSAGES).map((n) => ({ n, work: 5, ping: true })));
    const checkpoint = async (): Promise<string> => {
      const [id = ''] = String(await lab.redis.hget(`${lab.stream}:checkpoints`, 'audit')).split(' ');
      return id;
    };

    for (const kill of numbers(KILLS)) {
      const child = lab.child(READER);
      await eventually(() => expect(new Set(lab.ledger.ended()).size).toBeGreaterThan(100 * (kill + 1)));
      // Its checkpoint is at most as far as what it has finished.
      const stands = ids.indexOf(await checkpoint());
      expect(stands).toBeLessThanOrEqual(Math.max(...lab.ledger.ended()));
      await child.kill();
    }
    lab.child(READER);

    await eventually(() => expect(new Set(lab.ledger.ended()).size).toBe(MESSAGES));
    await eventually(async () => expect(await checkpoint()).toBe(ids.at(-1)));
    // In each life it goes from one entry to the next.
    for (const pid of new Set(lab.ledger.lines.map((line) => line.pid))) {
      const seen = lab.ledger.of('start').filter((line) => line.pid === pid);
      expect(seen.map(({ id }) => id)).toEqual(ids.slice(ids.indexOf(String(seen[0]?.id))).slice(0, seen.length));
    }
    expect(lab.ledger.of('start').length - MESSAGES).toBeLessThan(MOST_REPEATED * KILLS);
  });

  it('reports as lost what was trimmed while it was away', async () => {
    const lab = new StreamLab();
    const spec = { options: { reader: { from: '0', checkpoint: 'audit' } } } as const;
    await lab.append(...numbers(10));
    const before = await lab.worker(spec);
    await before.finished.count(10);
    await before.close();
    await lab.append(...numbers(40).map((n) => 10 + n));
    await lab.redis.xtrim(lab.stream, 'MAXLEN', 25);

    const worker = await lab.worker(spec);

    await worker.finished.count(25);
    expect(worker.data).toEqual(numbers(25).map((n) => 25 + n));
    const lost = () => worker.events.items.filter(({ type }) => type === 'lost');
    await eventually(() => expect(lost()).toMatchObject([{ key: lab.stream, count: 15, while: 'undelivered' }]));
  });
});
