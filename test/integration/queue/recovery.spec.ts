import { type RetryPolicy, HandlerCrashedError } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { Gate, numbers } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { unique } from '../../support/redis.js';
import { QueueLab, ours } from '../../support/queue/queue-lab.js';

/** Most of the second that a suspect has to itself: it begins a little before its handler is called, in ms. */
const ALONE = 500;

/** A consumer that is gone, with what it had started and what it had only taken, each oldest first. */
async function leftBehind(lab: QueueLab, started: readonly (Buffer | string)[], taken: readonly (Buffer | string)[]) {
  const consumer = unique('gone');
  await lab.redis.zadd(`${lab.queue}:consumers`, Date.now() - 1, consumer);
  for (const item of started) await lab.redis.rpush(`${lab.queue}:processing:${consumer}`, item);
  for (const item of taken) await lab.redis.rpush(`${lab.queue}:taken:${consumer}`, item);
  return consumer;
}

describe('what a consumer that is gone has left', () => {
  it.each(['fifo', 'lifo'] as const)('is handled before all others, oldest first: %s', async (order) => {
    const lab = new QueueLab();
    await lab.push('new');
    const consumer = await leftBehind(lab, ['"1"', '"2"'], ['"3"', '"4"']);
    const worker = await lab.worker({ options: { order } });

    await worker.finished.count(5);
    expect(worker.data).toEqual(['1', '2', '3', '4', 'new']);
    expect(worker.attempts).toEqual([2, 2, 1, 1, 1]);
    await lab.settled();
    expect(await lab.redis.zscore(`${lab.queue}:consumers`, consumer)).toBeNull();
  });

  it('keeps its bytes: id, headers and payload, whatever they are', async () => {
    const lab = new QueueLab();
    const gate = new Gate();
    const bytes = Buffer.from([0xff, 0x00, 0x0a, 0x24, 0x80]);
    const looksLikeOurs = Buffer.from('$rf1 not-ours 1 0 99\nshort');
    await leftBehind(lab, [bytes, ours(bytes, { id: 'mine', attempts: '3', headers: '{"a":"é"}' }), looksLikeOurs], []);
    const worker = await lab.worker({ options: { concurrency: 3, retry: { attempts: 9 } }, handle: () => gate.pass() });
    await worker.started.count(1);
    await eventually(async () => {
      const held = [...(await lab.held('processing')), ...(await lab.held('taken'))];
      expect(held).toHaveLength(3);
      expect(held.map(({ payload }) => payload)).toEqual([bytes, bytes, looksLikeOurs]);
      expect(held.map(({ attempts }) => attempts)).toEqual(['1!', '4!', '1!']);
      expect(held[1]).toMatchObject({ id: 'mine', headers: { a: 'é' } });
    });
    gate.open();
    await lab.settled();
  });

  it.each([
    ['an id', `$rf1 ${'i'.repeat(129)} 1 1 0\nx`],
    ['a timestamp', '$rf1 a 1 1234567890123456 0\nx'],
    ['a length of its headers', `$rf1 a 9 1 ${'0'.repeat(244)}\nx`],
  ])('is all payload where %s is beyond all measure', async (_, line) => {
    const lab = new QueueLab();
    const gate = new Gate();
    await leftBehind(lab, [line], []);
    const worker = await lab.worker({ handle: () => gate.pass() });
    await worker.started.count(1);
    expect(worker.attempts).toEqual([2]);
    expect(worker.data).toEqual([line]);
    gate.open();
    await lab.settled();
  });

  it('is asked about once, as crashed, and what was only retried is not', async () => {
    const lab = new QueueLab();
    const asked: unknown[] = [];
    const policy: RetryPolicy = {
      decide: ({ error, attempt }) => {
        asked.push([error instanceof HandlerCrashedError ? 'crashed' : (error as Error).message, attempt]);
        return attempt < 3 ? { retryAfter: 1 } : { deadLetter: 'enough' };
      },
    };
    await leftBehind(lab, ['"x"'], []);
    const worker = await lab.worker({
      options: { retry: policy },
      handle: () => {
        throw new Error('failed');
      },
    });

    await worker.event('deadLettered');
    expect(asked).toEqual([
      ['crashed', 1],
      ['failed', 2],
      ['failed', 3],
    ]);
    expect(worker.attempts).toEqual([2, 3]);
    await lab.settled();
  });

  it('is started one at a time, as one of them may have ended the process', async () => {
    const lab = new QueueLab();
    const gate = new Gate();
    await leftBehind(lab, ['"a"', '"b"'], ['"c"']);
    const worker = await lab.worker({ options: { concurrency: 3 }, handle: () => gate.pass() });
    const [a, b] = await worker.started.count(2);
    // The first one has not come to its end: the second one is started when it has lived for a second.
    expect(Number(b?.at) - Number(a?.at)).toBeGreaterThan(ALONE);

    gate.open();
    await worker.finished.count(3);
    expect(worker.data).toEqual(['a', 'b', 'c']);
    await lab.settled();
  });

  it('is started one at a time also where the handler gets batches', async () => {
    const lab = new QueueLab();
    const gate = new Gate();
    await leftBehind(lab, ['"a"', '"b"'], ['"c"', '"d"']);
    const worker = await lab.worker({
      options: { concurrency: 3, batch: { size: 4, wait: 50 } },
      handle: () => gate.pass(),
    });
    const [a, b] = await worker.started.count(3);

    expect(Number(b?.at) - Number(a?.at)).toBeGreaterThan(ALONE);
    expect(worker.data).toEqual([['a'], ['b'], ['c', 'd']]);
    gate.open();
    await worker.finished.count(3);
    await lab.settled();
  });

  it('in a name that comes back is handed out again before anything new', async () => {
    const lab = new QueueLab();
    const consumer = unique('named');
    await lab.redis.rpush(`${lab.queue}:processing:${consumer}`, '"started"');
    await lab.redis.rpush(`${lab.queue}:taken:${consumer}`, '"taken"');
    const worker = await lab.worker({ flow: { consumer } });

    await worker.finished.count(2);
    expect(worker.data).toEqual(['started', 'taken']);
    expect(worker.attempts).toEqual([2, 1]);
    await lab.settled();
  });
});

describe('a consumer whose lease is gone', () => {
  const LEASE = 300;

  it('tells the handlers of what others have, and settles nothing of it', async () => {
    const lab = new QueueLab();
    const aborted: unknown[] = [];
    const gate = new Gate();
    const consumer = unique('zombie');
    const worker = await lab.worker({
      options: { lease: LEASE },
      flow: { consumer },
      handle: ({ signal }) => {
        signal.addEventListener('abort', () => aborted.push((signal.reason as { code: string }).code));
        return gate.pass();
      },
    });
    await lab.push('a');
    const [run] = await worker.started.count(1);
    // As a recovery does it.
    await lab.redis
      .multi()
      .zrem(`${lab.queue}:consumers`, consumer)
      .lmove(`${lab.queue}:processing:${consumer}`, `${lab.queue}:elsewhere`, 'RIGHT', 'LEFT')
      .exec();

    expect(await worker.event('leaseLost')).toMatchObject([{ id: run?.id, attempt: 1 }]);
    gate.open();
    await worker.finished.count(1);
    expect(aborted).toEqual(['LEASE_LOST']);
    await lab.push('b');
    await worker.finished.count(2);
    expect(await lab.redis.llen(`${lab.queue}:elsewhere`)).toBe(1);
  });

  it('goes on after FLUSHALL: it enters itself again, and handles what comes', async () => {
    const lab = new QueueLab();
    const worker = await lab.worker({
      options: { lease: LEASE },
      flow: { shutdown: { timeout: 100 } },
      handle: () => new Promise(() => undefined),
    });
    await lab.push('a');
    await worker.started.count(1);
    const keys = await lab.redis.keys(`${lab.queue}*`);
    await lab.redis.del(keys);

    await worker.event('leaseLost');
    expect(await lab.redis.zcard(`${lab.queue}:consumers`)).toBe(1);
  });
});

describe('many jobs of a consumer that is gone', () => {
  it('come back in order, however many they are', async () => {
    const lab = new QueueLab();
    const jobs = numbers(2_500).map((n) => JSON.stringify(n));
    const consumer = unique('gone');
    await lab.redis.zadd(`${lab.queue}:consumers`, Date.now() - 1, consumer);
    await lab.redis.rpush(`${lab.queue}:taken:${consumer}`, ...jobs);
    const worker = await lab.worker({ options: { concurrency: 50 } });

    await worker.finished.count(2_500);
    expect(worker.data).toEqual(numbers(2_500));
    expect(new Set(worker.attempts)).toEqual(new Set([1]));
    await lab.settled();
  });
});
