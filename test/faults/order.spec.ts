import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { numbers } from '../support/conformance/lab.js';
import { StreamLab } from '../support/faults/stream-lab.js';
import { below, seeded } from '../unit/seeded.js';

const MESSAGES = 10_000;
const KEYS = 100;
const CONCURRENCY = 32;

interface Ordered {
  readonly key: string;
  readonly n: number;
  readonly fails: boolean;
}

/** What one key has seen. */
class Lane {
  readonly done: number[] = [];
  readonly overlaps: number[] = [];
  private running: number | undefined;

  begin(n: number): void {
    if (this.running !== undefined) this.overlaps.push(n);
    this.running = n;
  }

  end(n: number, isDone: boolean): void {
    this.running = undefined;
    if (isDone) this.done.push(n);
  }
}

function messages(): Ordered[] {
  const random = seeded(7);
  return numbers(MESSAGES).map((n) => ({ key: `key-${below(random, KEYS)}`, n, fails: random() < 0.05 }));
}

describe('10 000 messages of 100 keys, of which every 20th fails at first', () => {
  it('are handled in order by key, many keys at once, where a failed one holds the later ones of its key back', async () => {
    const lab = new StreamLab();
    const all = messages();
    await lab.append(...all);
    const lanes = new Map(all.map(({ key }) => [key, new Lane()]));
    let running = 0;
    let peak = 0;
    const worker = await lab.worker({
      options: {
        concurrency: CONCURRENCY,
        orderBy: ({ data }) => (data as Ordered).key,
        retry: { hold: true, attempts: 5, backoff: { type: 'fixed', delay: 5 } },
      },
      handle: async ({ message, attempt }) => {
        const { key, n, fails } = message.data as Ordered;
        const lane = lanes.get(key);
        peak = Math.max(peak, (running += 1));
        lane?.begin(n);
        await nextTurn();
        const failsNow = fails && attempt === 1;
        lane?.end(n, !failsNow);
        running -= 1;
        if (failsNow) throw new Error('fails at first');
      },
    });

    await worker.finished.count(MESSAGES + all.filter(({ fails }) => fails).length);
    await lab.settled();

    for (const [key, { done, overlaps }] of lanes) {
      const expected = all.filter((message) => message.key === key).map(({ n }) => n);
      expect(overlaps, `starts in ${key} before the one before had ended`).toEqual([]);
      expect(done, `the order of ${key}`).toEqual(expected);
    }
    expect(peak).toBeGreaterThan(CONCURRENCY / 2);
    expect(await lab.deadLetters()).toEqual([]);
    const retried = worker.started.items.filter(({ attempt }) => attempt > 1);
    expect(retried.every(({ attempt, data }) => attempt === 2 && (data as Ordered).fails)).toBe(true);
  });
});
