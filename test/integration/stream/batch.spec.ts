import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AckPolicy,
  BatchFailure,
  IdempotencyKeyNotAvailableError,
  type RedisFlowContext,
  TransactionNotAvailableError,
} from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { Gate, numbers } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { Recorder } from '../../support/recorder.js';
import { FAST, StreamLab } from './lab.js';

const RETRY = { attempts: 3, backoff: FAST } as const;

describe('batch', () => {
  it('gives the handler an array of data, and the messages in the same order', async () => {
    const lab = StreamLab.open();
    const contexts: RedisFlowContext[] = [];
    const ids = await lab.append('a', 'b', 'c');
    const worker = await lab.worker({ batch: { size: 3 } }, (context) => contexts.push(context));
    await worker.finished.count(1);

    const [context] = contexts;
    expect(context?.message.data).toEqual(['a', 'b', 'c']);
    expect(context?.messages.map(({ id, data }) => [id, data])).toEqual([
      [ids[0], 'a'],
      [ids[1], 'b'],
      [ids[2], 'c'],
    ]);
    expect(context?.attempt).toBe(1);
    await lab.settled();
  });

  it('is never larger than its size', async () => {
    const lab = StreamLab.open();
    await lab.append(...numbers(25));
    const worker = await lab.worker({ batch: { size: 10, wait: 20 } });
    await worker.finished.until((items) => items.flatMap(({ data }) => data).length >= 25);

    expect(worker.data.flat()).toEqual(numbers(25));
    expect(Math.max(...worker.data.map((batch) => (batch as unknown[]).length))).toBe(10);
  });

  it('waits for others, and is handled at once when it is full, whatever it may wait for', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ batch: { size: 3, wait: 60_000 } });
    await lab.append(1);
    await eventually(async () => expect(await lab.pending()).toHaveLength(1));
    await lab.append(2, 3);
    await worker.finished.count(1);
    expect(worker.data).toEqual([[1, 2, 3]]);
  });

  it('waits for others as long as it is told, from its first message on', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ batch: { size: 10_000, wait: 300 } });
    const since = performance.now();
    // Were it from its last message on, the wait would have no end.
    for (let n = 1; worker.started.items.length === 0; n += 1) {
      await lab.append(n);
      await sleep(20);
    }
    const [started] = worker.started.items;

    expect(Number(started?.at) - since).toBeGreaterThanOrEqual(298);
  });

  it('waits for nobody without a wait', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ batch: { size: 100 } });
    await lab.append(1);
    await worker.finished.count(1);
    expect(worker.data).toEqual([[1]]);
  });

  it('is counted by concurrency as one', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    await lab.append(...numbers(20));
    const worker = await lab.worker({ batch: { size: 5, wait: 50 }, concurrency: 2 }, () => gate.pass());
    await worker.started.count(2);
    await eventually(() => expect(worker.status()?.running).toBe(2));

    expect(worker.data.flat()).toEqual(numbers(10));
    expect(await lab.pending()).toHaveLength(10);
    gate.open();
    await worker.finished.count(4);
    await lab.settled();
  });

  it('keeps an undecodable member to itself: it goes to the dead letters, the others to the handler', async () => {
    const lab = StreamLab.open();
    await lab.append('a');
    const bytes = Buffer.from([0xff, 0x7b]);
    const bad = await lab.redis.xadd(lab.stream, '*', '$data', bytes);
    await lab.append('b');
    const worker = await lab.worker({ batch: { size: 3 } });

    const [letter] = await lab.lettersWhen(1);
    await worker.finished.count(1);
    await lab.settled();

    expect(worker.data).toEqual([['a', 'b']]);
    expect(letter?.fields.get('$data')).toEqual(bytes);
    expect(letter?.headers).toMatchObject({ 'dlq-reason': 'undecodable', 'dlq-id': bad });
  });

  it('that waits for others is handed back at shutdown without a charge', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ batch: { size: 10, wait: 60_000 } });
    await lab.append('a', 'b');
    await eventually(async () => expect(await lab.pending()).toHaveLength(2));

    await worker.close();

    expect(await lab.pending()).toMatchObject([
      { consumer: '$parked', deliveries: 1 },
      { consumer: '$parked', deliveries: 1 },
    ]);
    const next = await lab.worker({ batch: { size: 2, wait: 60_000 } });
    await next.finished.count(1);
    expect(next.data).toEqual([['a', 'b']]);
  });

  it('has no transaction', async () => {
    const lab = StreamLab.open();
    await lab.worker({ batch: { size: 2 }, retry: false }, ({ transaction }) => transaction.call('SET', 'x', 1));
    await lab.append(1);

    const [letter] = await lab.lettersWhen(1);
    expect(letter?.headers['dlq-error-class']).toBe(TransactionNotAvailableError.name);
  });
});

describe('the idempotency key of a batch', () => {
  it('is refused: that of its first message would stand for the others, which do not come together again', async () => {
    const lab = StreamLab.open();
    const asked = new Recorder<string>();
    await lab.worker({ batch: { size: 2 }, retry: false }, ({ idempotencyKey }) => asked.add(idempotencyKey));
    await lab.append(1, 2);

    const letters = await lab.lettersWhen(2);
    const names = letters.map(({ headers }) => headers['dlq-error-class']);
    expect(names).toEqual([IdempotencyKeyNotAvailableError.name, IdempotencyKeyNotAvailableError.name]);
    expect(asked.items).toEqual([]);
  });
});

describe('a batch that fails', () => {
  it('as a whole is retried message by message or together, each with its own attempts', async () => {
    const lab = StreamLab.open();
    await lab.append(1, 2, 3);
    const worker = await lab.worker({ batch: { size: 3, wait: 50 }, retry: RETRY }, () =>
      Promise.reject(new Error('warehouse is down')),
    );

    const letters = await lab.lettersWhen(3);
    await lab.settled();

    expect(letters.map(({ headers }) => headers['dlq-attempts'])).toEqual(['3', '3', '3']);
    const counts = new Map<number, number>();
    for (const n of worker.data.flat() as number[]) counts.set(n, (counts.get(n) ?? 0) + 1);
    expect([...counts.values()]).toEqual([3, 3, 3]);
  });

  it('comes together again when it is retried', async () => {
    const lab = StreamLab.open();
    await lab.append(...numbers(5));
    const worker = await lab.worker({ batch: { size: 5, wait: 60_000 }, retry: RETRY }, ({ attempt }) => {
      if (attempt === 1) throw new Error('warehouse is down');
    });

    await worker.finished.count(2);

    expect(worker.data.map((batch) => (batch as number[]).toSorted((a, b) => a - b))).toEqual([numbers(5), numbers(5)]);
    await lab.settled();
  });

  it('comes again after its delay where a policy wants it to keep its place: a batch has none', async () => {
    const lab = StreamLab.open();
    await lab.append('a', 'b');
    const ack: AckPolicy = {
      timing: 'after',
      decide: ({ type }) => (type === 'failed' ? { type: 'retry', delay: 30, hold: true } : undefined),
    };
    const worker = await lab.worker({ ack, batch: { size: 2, wait: 100 } }, ({ attempt }) => {
      if (attempt < 3) throw new Error('warehouse is down');
    });

    await worker.finished.until((items) => items.filter(({ attempt }) => attempt === 3).length > 0);
    await lab.settled();

    const attempts = worker.started.items.flatMap(({ data, attempt }) => (data as string[]).map((d) => [d, attempt]));
    expect(attempts.filter(([data]) => data === 'a')).toEqual([1, 2, 3].map((attempt) => ['a', attempt]));
    expect(attempts.filter(([data]) => data === 'b')).toEqual([1, 2, 3].map((attempt) => ['b', attempt]));
  });

  it.each([
    ['thrown, by index', () => Promise.reject(new BatchFailure([1]))],
    ['returned, by index', () => new BatchFailure([1])],
    ['thrown, by id', ({ messages }: RedisFlowContext) => Promise.reject(new BatchFailure([messages[1]?.id ?? '']))],
    ['returned, by id', ({ messages }: RedisFlowContext) => new BatchFailure([messages[1]?.id ?? ''])],
  ])('in part: only the named ones are retried, %s', async (_, fail) => {
    const lab = StreamLab.open();
    await lab.append('a', 'bad', 'c');
    const worker = await lab.worker({ batch: { size: 3 }, retry: RETRY }, (context) =>
      context.messages.length === 3 ? fail(context) : undefined,
    );

    await worker.finished.count(2);
    await lab.settled();

    expect(worker.data).toEqual([['a', 'bad', 'c'], ['bad']]);
    expect(worker.attempts).toEqual([1, 2]);
    expect(worker.eventsOf('retried')).toHaveLength(1);
  });

  it('in part gives its cause to the named ones, who each go their own way', async () => {
    const lab = StreamLab.open();
    await lab.append('a', 'bad');
    const worker = await lab.worker({ batch: { size: 2 }, retry: RETRY }, () =>
      Promise.reject(new BatchFailure([1], new TypeError('no such column'))),
    );

    const [letter] = await lab.lettersWhen(1);
    await lab.settled();

    expect(letter?.headers).toMatchObject({ 'dlq-reason': 'fatal', 'dlq-error-class': 'TypeError' });
    expect(worker.data).toEqual([['a', 'bad']]);
  });

  it('passes over what it names and the batch does not have', async () => {
    const lab = StreamLab.open();
    await lab.append('a');
    const worker = await lab.worker({ batch: { size: 2 } }, () => new BatchFailure([7, '1-1']));
    await worker.finished.count(1);
    await lab.settled();
    expect(worker.eventsOf('retried')).toEqual([]);
  });
});
