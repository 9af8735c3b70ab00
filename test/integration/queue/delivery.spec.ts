import { setTimeout as sleep } from 'node:timers/promises';
import { Retry, type RedisFlowContext } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { Gate, numbers } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { QueueLab, ours } from '../../support/queue/queue-lab.js';

const FAST = { attempts: 3, backoff: { type: 'fixed', delay: 5 } } as const;

describe('jobs that wait', () => {
  it("come newest first with order 'lifo', and a job that is retried before all others", async () => {
    const lab = new QueueLab();
    await lab.push(1, 2, 3);
    const worker = await lab.worker({ options: { order: 'lifo' } });

    await worker.finished.count(3);
    expect(worker.data).toEqual([3, 2, 1]);
  });

  it('are taken many at a time where there is room for them', async () => {
    const lab = new QueueLab();
    await lab.push(...numbers(500));
    const worker = await lab.worker({ options: { concurrency: 20 } });

    await worker.finished.count(500);
    expect(worker.data).toEqual(numbers(500));
    await lab.settled();
  });

  it('that are read ahead are not charged when the worker closes', async () => {
    const lab = new QueueLab();
    await lab.push(...numbers(3_000));
    const worker = await lab.worker({ options: { concurrency: 10 }, handle: () => sleep(1) });
    await worker.finished.count(300);
    await worker.close();
    const left = await lab.waiting();

    expect(left.length + worker.data.length).toBe(3_000);
    expect(new Set(left.map(({ attempts }) => attempts))).toEqual(new Set(['0']));
    expect(left.map(({ payload }) => Number(payload))).toEqual(numbers(3_000).slice(worker.data.length));
    expect(await lab.redis.zcard(`${lab.queue}:consumers`)).toBe(0);
  });
});

describe('jobs with a key', () => {
  it('are handled one after the other, those with other keys in parallel', async () => {
    const lab = new QueueLab();
    const running = new Set<unknown>();
    const together: unknown[] = [];
    const worker = await lab.worker({
      options: { concurrency: 4, orderBy: ({ data }) => (data as { key: number }).key },
      handle: async ({ message }) => {
        const { key } = message.data as { key: number };
        if (running.has(key)) together.push(key);
        running.add(key);
        await sleep(5);
        running.delete(key);
      },
    });
    await lab.push(...numbers(60).map((n) => ({ key: n % 3, n })));

    await worker.finished.count(60);
    await lab.settled();
    expect(together).toEqual([]);
    const ofFirst = worker.data.filter((data) => (data as { key: number }).key === 0);
    expect(ofFirst).toEqual(numbers(20).map((n) => ({ key: 0, n: n * 3 })));
  });
});

describe('a batch of jobs', () => {
  it('comes in one call, and each is settled by itself', async () => {
    const lab = new QueueLab();
    const worker = await lab.worker({
      options: { batch: { size: 5, wait: 50 }, retry: FAST },
      handle: ({ message, attempt }) => {
        if (attempt === 1 && (message.data as number[]).includes(3)) throw new Error('not yet');
      },
    });
    await lab.push(...numbers(10));

    await lab.settled();
    const handled = worker.finished.items.flatMap(({ data }) => data as number[]);
    expect(new Set(handled)).toEqual(new Set(numbers(10)));
    expect(worker.data[0]).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('a job that is held', () => {
  it('keeps its place, and its attempts are exact wherever it lies', async () => {
    const lab = new QueueLab();
    const gate = new Gate();
    const worker = await lab.worker({
      options: { retry: { attempts: 5, backoff: { type: 'fixed', delay: 20 }, hold: true } },
      handle: async ({ message, attempt }) => {
        if (message.data !== 'a') return undefined;
        if (attempt < 3) throw new Error('not yet');
        await gate.pass();
        return undefined;
      },
    });
    await lab.push('a', 'b');
    await worker.started.count(3);

    expect(worker.attempts).toEqual([1, 2, 3]);
    await eventually(async () => expect(await lab.held('processing')).toMatchObject([{ attempts: '2' }]));
    gate.open();
    await worker.finished.count(4);
    expect(worker.data).toEqual(['a', 'a', 'a', 'b']);
    await lab.settled();
  });
});

describe('bytes', () => {
  const BYTES = Buffer.from([0xff, 0x00, 0xfe, 0x0a, 0x80, 0x24]);

  it('never change on their way through retries to the dead letters', async () => {
    const lab = new QueueLab();
    const worker = await lab.worker({
      options: { retry: FAST },
      handle: () => {
        throw new Error('never');
      },
    });
    await lab.redis.lpush(lab.queue, BYTES, ours(BYTES, { id: 'mine', headers: '{"a":"é"}' }));

    await worker.event('deadLettered', 2);
    await lab.settled();
    const letters = await lab.deadLetters();
    expect(letters.map(({ payload }) => payload)).toEqual([BYTES, BYTES]);
    const mine = letters.find(({ id }) => id === 'mine');
    expect(mine?.headers).toMatchObject({ a: 'é', 'dlq-reason': 'undecodable', 'dlq-attempts': '1' });
    expect(Number(mine?.headers['dlq-last-at'])).toBeGreaterThan(1_700_000_000_000);
    const foreign = letters.find(({ id }) => id !== 'mine');
    expect(foreign?.headers).toMatchObject({ 'dlq-reason': 'exhausted', 'dlq-attempts': '3' });
    expect(worker.attempts).toEqual([1, 2, 3]);
  });

  it('that are equal are two jobs, also while both wait for a retry', async () => {
    const lab = new QueueLab();
    const worker = await lab.worker({
      options: { concurrency: 2, retry: { attempts: 2, backoff: { type: 'fixed', delay: 50 } } },
      handle: ({ attempt }) => {
        if (attempt === 1) throw new Error('not yet');
      },
    });
    await lab.redis.lpush(lab.queue, 'same', 'same');

    await worker.finished.count(4);
    await lab.settled();
    expect(worker.attempts.toSorted((a, b) => a - b)).toEqual([1, 1, 2, 2]);
    expect(new Set(worker.started.items.map(({ id }) => id)).size).toBe(2);
  });
});

describe('a dead letter', () => {
  const options = { retry: FAST };
  const fail = (): never => {
    throw new Error('never');
  };

  it('is a job with no attempts used up, for a handler of the dead letters and where it is put back', async () => {
    const lab = new QueueLab();
    const worker = await lab.worker({ options, handle: fail });
    await lab.push('x');
    await worker.event('deadLettered');
    await lab.settled();
    await lab.redis.rpoplpush(`${lab.queue}:dlq`, lab.queue);
    await worker.event('deadLettered', 2);

    const seen: string[] = [];
    const handle = ({ message, attempt }: RedisFlowContext): void => {
      seen.push(String(message.headers['dlq-attempts']));
      if (attempt < 3) fail();
    };
    const morgue = await lab.worker({ options, handle }, `${lab.queue}:dlq`);
    await morgue.started.count(3);

    expect(worker.attempts).toEqual([1, 2, 3, 1, 2, 3]);
    expect(morgue.attempts).toEqual([1, 2, 3]);
    expect(seen).toEqual(['3', '3', '3']);
    expect(new Set([...worker.started.items, ...morgue.started.items].map(({ id }) => id)).size).toBe(1);
  });
});

describe('a plain BRPOP worker', () => {
  it('shares a queue with ours: first in, first out, and each job goes to one of them', async () => {
    const lab = new QueueLab();
    await lab.push(...numbers(100));
    const foreign: number[] = [];
    const worker = await lab.worker({ handle: () => sleep(1) });
    while (foreign.length + worker.data.length < 100) {
      const popped = await lab.redis.brpop(lab.queue, 0.05);
      if (popped !== null) foreign.push(Number(popped[1]));
    }
    await lab.settled();

    const mine = worker.data as number[];
    expect([...foreign, ...mine].toSorted((a, b) => a - b)).toEqual(numbers(100));
    expect(foreign).toEqual(foreign.toSorted((a, b) => a - b));
    expect(mine).toEqual(mine.toSorted((a, b) => a - b));
  });
});

describe('a handler that asks for another attempt', () => {
  /** Longer than a machine holds up a process between two jobs, in ms. */
  const DELAY = 3_000;

  it('gets it when it wants it, and what waits meanwhile goes first', async () => {
    const lab = new QueueLab();
    const worker = await lab.worker({
      handle: ({ message, attempt }) => (message.data === 'a' && attempt === 1 ? Retry.after(DELAY) : undefined),
    });
    await lab.push('a', 'b');

    await worker.finished.count(3);
    expect(worker.data).toEqual(['a', 'b', 'a']);
    const [first, , again] = worker.started.items;
    expect(Number(again?.at) - Number(first?.at)).toBeGreaterThanOrEqual(DELAY - 2);
    await lab.settled();
  });
});
