import { TransactionFailedError, type Transaction } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { numbers } from '../../support/conformance/lab.js';
import { Recorder } from '../../support/recorder.js';
import { unique } from '../../support/redis.js';
import { FAST, StreamLab } from './lab.js';

/** Keys of every type, some with a time to live. */
class Keys {
  readonly text = unique('text');
  readonly number = unique('number');
  readonly list = unique('list');
  readonly set = unique('set');
  readonly hash = unique('hash');
  readonly sorted = unique('sorted');
  readonly log = unique('log');
  readonly fresh = unique('fresh');

  constructor(private readonly lab: StreamLab) {}

  async fill(): Promise<this> {
    const { redis } = this.lab;
    await redis.set(this.text, 'text', 'PX', 600_000);
    await redis.set(this.number, 41);
    await redis.rpush(this.list, 'a', 'b', 'c');
    await redis.sadd(this.set, 'a');
    await redis.hset(this.hash, { a: 1, b: 2 });
    await redis.zadd(this.sorted, 1, 'a');
    for (const n of numbers(5)) await redis.xadd(this.log, '*', 'n', n);
    await redis.xgroup('CREATE', this.log, 'readers', '0');
    return this;
  }

  /** What is there, so that any difference shows. */
  async look(): Promise<unknown> {
    const { redis } = this.lab;
    const keys = [this.text, this.number, this.list, this.set, this.hash, this.sorted, this.fresh];
    const dumps = await Promise.all(keys.map(async (key) => (await redis.dumpBuffer(key))?.toString('base64')));
    const lives = await Promise.all(keys.map(async (key) => (await redis.pttl(key)) > 0));
    const log = [await redis.xrange(this.log, '-', '+'), await this.logInfo()];
    return { dumps, lives, log };
  }

  /** Without what the encoding of the stream in memory may change. */
  private async logInfo(): Promise<unknown> {
    const info = (await this.lab.redis.xinfo('STREAM', this.log)) as unknown[];
    return info.flatMap((name, index) =>
      index % 2 === 0 && !String(name).startsWith('radix-tree') ? [[name, info[index + 1]]] : [],
    );
  }
}

type Write = (transaction: Transaction, keys: Keys) => void;

/** Each is followed by a write that is refused. */
const BEFORE: Readonly<Record<string, Write>> = {
  nothing: () => undefined,
  'an appended stream': (transaction, { log }) => transaction.append(log, 'more'),
  'a stream that was appended to and cut': (transaction, { log }) => transaction.append(log, 'more', { maxLength: 2 }),
  'a stream that was cut by the command': (transaction, { log }) =>
    transaction.call('XADD', log, 'MINID', '=', '9999999999999-0', '9999999999999-1', 'n', 9),
  'a new stream': (transaction, { fresh }) => transaction.append(fresh, 'first'),
  'a pushed list': (transaction, { list }) => transaction.call('RPUSH', list, 'd', 'e'),
  'an enqueued list': (transaction, { list }) => transaction.enqueue(list, { mail: 1 }),
  'a new list': (transaction, { fresh }) => transaction.enqueue(fresh, { mail: 1 }),
  'a list that was pushed to, cut and pushed to again': (transaction, { list }) => {
    transaction.call('RPUSH', list, 'd');
    transaction.call('LTRIM', list, 2, -1);
    transaction.call('LPUSH', list, 'z', 'y');
  },
  'a stream that was appended to and deleted': (transaction, { log }) => {
    transaction.append(log, 'more');
    transaction.call('DEL', log);
    transaction.append(log, 'again');
  },
  'a new list that was renamed over another key': (transaction, { fresh, text }) => {
    transaction.call('RPUSH', fresh, 'd');
    transaction.call('RENAME', fresh, text);
  },
  'a number': (transaction, { number }) => transaction.call('INCR', number),
  'a text with a time to live': (transaction, { text }) => transaction.call('SET', text, 'other'),
  'a time to live': (transaction, { text }) => transaction.call('PERSIST', text),
  'a hash, a set and a sorted set': (transaction, { hash, set, sorted }) => {
    transaction.call('HSET', hash, 'a', 9, 'c', 3);
    transaction.call('SADD', set, 'b');
    transaction.call('ZADD', sorted, 2, 'b');
  },
  'a key that expires': (transaction, { list }) => transaction.call('PEXPIRE', list, 1),
  'a deleted key': (transaction, { hash }) => transaction.call('DEL', hash),
};

const REFUSED: Readonly<Record<string, Write>> = {
  'a wrong type': (transaction, { text }) => transaction.call('LPUSH', text, 'x'),
  'no integer': (transaction, { text }) => transaction.call('INCR', text),
  'an unknown command': (transaction, { text }) => transaction.call('NOSUCHCOMMAND', text),
  'a wrong number of arguments': (transaction, { text }) => transaction.call('SET', text),
  'a message to a channel with a wrong number of arguments': (transaction, { text }) =>
    transaction.call('PUBLISH', text),
  'an id that is too small': (transaction, { log }) => transaction.call('XADD', log, '1-1', 'n', 1),
  'a command that no script may run': (transaction, { text }) => transaction.call('WATCH', text),
  'a command without a key': (transaction) => transaction.call('FLUSHALL'),
  'more arguments than a script can take': (transaction, { fresh }) =>
    transaction.call('SADD', fresh, ...numbers(9_000)),
};

const cases = [
  ...Object.keys(BEFORE).map((before) => [before, 'no integer']),
  ...Object.keys(REFUSED).map((refused) => ['a number', refused]),
] as [string, string][];

describe('a transaction of which Redis refuses a write', () => {
  it.each(cases)('leaves every key as it was: %s, then %s', async (before, refused) => {
    const lab = StreamLab.open();
    const keys = await new Keys(lab).fill();
    const was = await keys.look();
    const live = new Recorder<string>();
    const listener = lab.redis.duplicate();
    await listener.subscribe(keys.text);
    listener.on('message', (_, text: string) => live.add(text));
    const worker = await lab.worker({ retry: { attempts: 2, backoff: FAST } }, ({ transaction }) => {
      transaction.publish(keys.text, 'done');
      BEFORE[before]?.(transaction, keys);
      REFUSED[refused]?.(transaction, keys);
    });
    await lab.append('x');

    const [letter] = await lab.lettersWhen(1);
    await lab.settled();

    expect(await keys.look()).toEqual(was);
    expect(live.items).toEqual([]);
    expect(worker.attempts).toEqual([1, 2]);
    expect(letter?.headers).toMatchObject({ 'dlq-reason': 'exhausted', 'dlq-error-class': 'TransactionFailedError' });
    listener.disconnect();
  });

  it('fails the attempt with an error that names the command and its place, and what Redis said', async () => {
    const lab = StreamLab.open();
    const { number, text } = await new Keys(lab).fill();
    const worker = await lab.worker({ retry: false }, ({ transaction }) => {
      transaction.call('INCR', number);
      transaction.publish('news', 1);
      transaction.call('lpush', text, 1);
    });
    const [id] = await lab.append('x');

    const [event] = await worker.event('deadLettered');

    const error = event?.error as TransactionFailedError;
    expect(event).toMatchObject({ id, reason: 'exhausted' });
    expect(error).toBeInstanceOf(TransactionFailedError);
    expect(error).toMatchObject({ index: 2, command: 'lpush', code: 'TRANSACTION_FAILED' });
    expect((error.cause as Error).message).toContain('WRONGTYPE');
  });

  it('lets a later attempt do it all', async () => {
    const lab = StreamLab.open();
    const { number, text } = await new Keys(lab).fill();
    const worker = await lab.worker({ ack: 'once', retry: { backoff: FAST } }, ({ transaction, attempt }) => {
      transaction.call('INCR', number);
      if (attempt === 1) transaction.call('LPUSH', text, 1);
    });
    await lab.append('x');
    await worker.finished.count(2);
    await lab.settled();

    expect(await lab.redis.get(number)).toBe('42');
  });
});
