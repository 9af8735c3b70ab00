import { DeadLetter, Drop, type RedisFlowContext, Retry } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { Gate } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { unique } from '../../support/redis.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { FAST, GROUP, StreamLab } from './lab.js';

const LEASE = 300;
const KEY = { 'idempotency-key': 'order-7' };

/** What Redis' clock says, in ms. */
async function redisTime(lab: StreamLab): Promise<number> {
  const [seconds, micros] = await lab.redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}

const markOf = (lab: StreamLab, key: string): string => `${lab.stream}:once:${GROUP}:${key}`;

describe("ack: 'once'", () => {
  it('handles a message whose key is done already not again: it is acknowledged, with an event', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ ack: 'once' });
    await lab.appendWith(KEY, { n: 1 });
    await worker.finished.count(1);
    await lab.settled();

    const second = await lab.appendWith({ ...KEY, trace: 'another' }, { n: 1 });
    const [duplicate] = await worker.event('duplicate');
    await lab.settled();

    expect(duplicate).toMatchObject({
      id: second,
      idempotencyKey: 'order-7',
      source: { key: lab.stream, group: GROUP },
    });
    expect(worker.data).toEqual([{ n: 1 }]);
  });

  it('takes the key from a function where one is given', async () => {
    const lab = StreamLab.open();
    const key = ({ data }: { data: { order: number } }): string => `order:${data.order}`;
    const worker = await lab.worker({ ack: { once: { window: 60_000, key } } });

    await lab.append({ order: 1 }, { order: 2 });
    await worker.finished.count(2);
    await lab.settled();
    await lab.append({ order: 1 });

    const [duplicate] = await worker.event('duplicate');
    expect(duplicate?.idempotencyKey).toBe('order:1');
    expect(worker.data).toEqual([{ order: 1 }, { order: 2 }]);
  });

  it.each([
    ['an object', () => ({ id: 1 }), '{ id: 1 }'],
    ['a promise', () => Promise.reject(new Error('later')), 'Promise {'],
    ['an empty string', () => '', "''"],
    ['NaN', () => Number.NaN, 'NaN'],
  ])('gives up a message whose key is %s, for what it is, and takes it for no other', async (_, give, shown) => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ ack: { once: { window: 60_000, key: give as () => string } } });
    const ids = await lab.append(1, 2);

    const letters = await lab.lettersWhen(2);
    for (const { headers } of letters) {
      expect(headers).toMatchObject({ 'dlq-reason': 'fatal', 'dlq-error-class': 'TypeError' });
      expect(headers['dlq-error-message']).toContain(`option "ack.once.key" gave ${shown}`);
    }
    expect(new Set(letters.map(({ headers }) => headers['dlq-id']))).toEqual(new Set(ids));
    expect(worker.data).toEqual([]);
  });

  it('takes a number for a key, and where the function gives none the header and the id', async () => {
    const lab = StreamLab.open();
    const key = ({ data }: { data: unknown }) => data as string;
    const worker = await lab.worker({ ack: { once: { window: 60_000, key } } });
    await lab.append(7, null);
    await lab.appendWith(KEY, null);
    await worker.finished.count(3);
    await lab.settled();

    await lab.append(7, null);
    await lab.appendWith(KEY, null);

    const known = await worker.event('duplicate', 2);
    expect(known.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['7', 'order-7']);
  });

  it('gives the handler that key at the end of its idempotencyKey, and without a key the id', async () => {
    const lab = StreamLab.open();
    const keys: string[] = [];
    const worker = await lab.worker({ ack: 'once' }, ({ idempotencyKey }) => keys.push(idempotencyKey));
    await lab.appendWith(KEY, 1);
    const [id = ''] = await lab.append(2);
    await worker.finished.count(2);

    const start = `stream:${lab.stream}:${GROUP}:`;
    expect(keys).toEqual([`${start}order-7`, `${start}${id}`]);
  });

  it('knows a key in each group by itself', async () => {
    const lab = StreamLab.open();
    const workers = await Promise.all(['a', 'b'].map((group) => lab.worker({ ack: 'once', group })));
    await lab.appendWith(KEY, 1);

    await Promise.all(workers.map((worker) => worker.finished.count(1)));
    for (const worker of workers) expect(worker.data).toEqual([1]);
  });

  it('remembers a key for as long as the window, from the end of its handler on', async () => {
    const lab = StreamLab.open();
    let endedAt = Infinity;
    const worker = await lab.worker({ ack: { once: { window: 60_000 } } }, async () => {
      endedAt = await redisTime(lab);
    });
    await lab.appendWith(KEY, 1);
    await worker.finished.count(1);
    await lab.settled();
    const until = await lab.redis.pexpiretime(markOf(lab, 'order-7'));
    expect(until).toBeGreaterThanOrEqual(endedAt + 60_000);
    expect(until).toBeLessThanOrEqual((await redisTime(lab)) + 60_000);

    // What Redis does when the window is over.
    await lab.redis.del(markOf(lab, 'order-7'));
    await lab.appendWith(KEY, 1);
    await worker.finished.count(2);
    expect(worker.eventsOf('duplicate')).toEqual([]);
  });

  it('keeps the window whole when the lease of another consumer ran out that had it, too', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    const worker = await lab.worker({ ack: 'once', lease: LEASE }, () => gate.pass());
    const id = await lab.appendWith(KEY, 1);
    await worker.started.count(1);

    // What another consumer leaves that took it over and has finished it.
    const [mark] = await lab.redis.hvals(`${lab.stream}:progress:${GROUP}`);
    await lab.redis.set(markOf(lab, 'order-7'), String(mark).replace(/ \S+$/, ''), 'PX', 3_600_000);
    await lab.redis.xack(lab.stream, GROUP, id);
    await worker.event('leaseLost');
    gate.open();
    await worker.finished.count(1);

    const left = await lab.redis.pttl(markOf(lab, 'order-7'));
    expect(left).toBeGreaterThan(3_500_000);
    expect(left).toBeLessThanOrEqual(3_600_000);
  });

  it('knows an entry without a key by its id, also when its group is made anew and reads it once more', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ ack: 'once' });
    const [id] = await lab.append('first');
    await worker.finished.count(1);
    await lab.settled();

    await lab.redis.xgroup('DESTROY', lab.stream, GROUP);
    const [duplicate] = await worker.event('duplicate');
    await lab.append('second');
    await worker.finished.count(2);

    expect(duplicate).toMatchObject({ id, idempotencyKey: id });
    expect(worker.data).toEqual(['first', 'second']);
  });

  it('starts nothing while Redis does not let it note what is in progress, and charges nothing for it', async () => {
    const lab = StreamLab.open();
    const once = { window: 60_000, key: ({ data }: { readonly data: unknown }) => `order-${String(data)}` };
    const worker = await lab.worker({ ack: { once }, lease: LEASE });
    const progress = `${lab.stream}:progress:${GROUP}`;
    await lab.redis.set(progress, 'no hash');
    await lab.append(1, 2);
    await eventually(() =>
      expect(worker.status()).toMatchObject({ alive: false, reason: expect.stringMatching('WRONGTYPE') as string }),
    );
    expect(worker.data).toEqual([]);

    await lab.redis.del(progress);
    await worker.finished.count(2);
    await lab.settled();

    expect(worker.attempts).toEqual([1, 1]);
    await eventually(() => expect(worker.status()).toMatchObject({ alive: true }));
  });

  it('gives a message to the dead letters whose key was used with another payload', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ ack: 'once' });
    await lab.appendWith(KEY, { n: 1 });
    await worker.finished.count(1);
    await lab.settled();
    const second = await lab.appendWith(KEY, { n: 2 });

    const [letter] = await lab.lettersWhen(1);

    expect(letter?.headers).toMatchObject({ 'dlq-reason': 'conflict', 'dlq-id': second, 'dlq-attempts': '1' });
    expect(letter?.headers['dlq-detail']).toContain('order-7');
    expect(worker.eventsOf('deadLettered')).toMatchObject([{ id: second, reason: 'conflict' }]);
    expect(worker.data).toEqual([{ n: 1 }]);
  });

  it('goes on with others where the place of a mark is taken by something else', async () => {
    const lab = StreamLab.open();
    await lab.redis.lpush(markOf(lab, 'order-7'), 'not a mark');
    const worker = await lab.worker({ ack: 'once', concurrency: 2 });
    const id = await lab.appendWith(KEY, 'bad');
    await lab.append('good');

    await worker.finished.count(2);

    expect(worker.data).toEqual(['bad', 'good']);
    await eventually(async () => expect(await lab.redis.get(markOf(lab, 'order-7'))).toMatch(`${id} `));
    await lab.settled();
  });
});

describe("ack: 'once', what is kept of a message that is in progress", () => {
  it.each([
    ['handled', () => undefined],
    ['retried', ({ attempt }: RedisFlowContext) => (attempt === 1 ? Retry.after(5) : undefined)],
    ['given up', () => DeadLetter.because('no')],
    ['dropped', () => Drop.because('no')],
    ['handled with a transaction', ({ transaction }: RedisFlowContext) => transaction.call('SET', unique('x'), 1)],
  ])('is gone when it is %s', async (_, handle) => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ ack: 'once' }, handle);
    await lab.append('x');
    await worker.finished.count(1);
    await lab.settled();

    const kept = await lab.redis.keys(`${lab.stream}:*`);
    const marks = kept.filter((key) => key.includes(':once:'));
    const others = kept.filter((key) => !key.includes(':once:') && !/:(dlq|started:|consumer:)/.test(key));
    expect(others).toEqual([]);
    for (const mark of marks) expect(await lab.redis.pttl(mark)).toBeGreaterThan(0);
  });
});

describe("ack: 'once', a message whose key is in progress elsewhere", () => {
  it('waits, and is a duplicate when the first one is done', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    const worker = await lab.worker({ ack: 'once', concurrency: 2 }, () => gate.pass());
    await lab.appendWith(KEY, 1);
    await worker.started.count(1);
    const second = await lab.appendWith(KEY, 1);
    const [parked] = await lab.parked(1);
    expect(parked).toMatchObject({ id: second, deliveries: 1 });

    gate.open();
    const [duplicate] = await worker.event('duplicate');

    expect(duplicate).toMatchObject({ id: second, attempt: 0 });
    expect(worker.data).toEqual([1]);
    await lab.settled();
  });

  it('waits also where the connection is lost over which it is put off', async () => {
    const lab = StreamLab.open();
    const proxy = await TcpProxy.open(lab.url);
    const gate = new Gate();
    const worker = await lab.worker({ ack: 'once', concurrency: 2 }, () => gate.pass(), { url: proxy.url });
    await lab.appendWith(KEY, 1);
    await worker.started.count(1);

    const lost = proxy.resetBefore(new RegExp(`parked:${GROUP}[^]*order-7`));
    const second = await lab.appendWith(KEY, 1);
    await lost;

    expect(await lab.parked(1)).toEqual([expect.objectContaining({ id: second })]);
    gate.open();
    await worker.event('duplicate');
    expect(worker.data).toEqual([1]);
  });

  it('waits also where both have come together', async () => {
    const lab = StreamLab.open();
    await lab.appendWith(KEY, 1);
    await lab.appendWith(KEY, 1);
    const worker = await lab.worker({ ack: 'once', concurrency: 2 });

    await worker.event('duplicate');
    await lab.settled();
    expect(worker.data).toEqual([1]);
  });

  it('runs when the first one has failed for good, without a charge for the wait', async () => {
    const lab = StreamLab.open();
    // The first one keeps its key while it waits for its retry: were it parked, the other could be looked at again then.
    const retry = { attempts: 2, backoff: FAST, hold: true } as const;
    const options = { ack: 'once', concurrency: 2, retry } as const;
    const first = await lab.appendWith(KEY, 1);
    const second = await lab.appendWith(KEY, 1);
    const worker = await lab.worker(options, ({ message }) => {
      if (message.id === first) throw new Error('no');
    });

    const [letter] = await lab.lettersWhen(1);
    await worker.finished.count(3);
    await lab.settled();

    expect(letter?.headers['dlq-id']).toBe(first);
    expect(worker.started.items.at(-1)).toMatchObject({ id: second, attempt: 1 });
  });

  it('runs when it is put back by hand after the first one has failed for good', async () => {
    const lab = StreamLab.open();
    let isBroken = true;
    const worker = await lab.worker({ ack: 'once', retry: false }, () => {
      if (isBroken) throw new Error('no');
    });
    await lab.appendWith(KEY, { n: 1 });
    const [letter] = await lab.lettersWhen(1);
    isBroken = false;

    const fields = [...(letter?.fields ?? [])].flat();
    await lab.redis.xadd(lab.stream, '*', ...fields);
    await worker.finished.count(2);
    await lab.settled();

    expect(worker.data).toEqual([{ n: 1 }, { n: 1 }]);
    expect(worker.attempts).toEqual([1, 1]);
    expect(await lab.letters()).toHaveLength(1);
  });
});
