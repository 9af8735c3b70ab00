import { DedupeConflictError, PublishOutcomeUnknownError } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { plainRedis, redisUrl, unique } from '../../support/redis.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { publisherOf } from './publisher.js';

describe('append with dedupe', () => {
  it('adds an entry once for each key and gives its id again', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    const first = await publisher.append(key, { n: 1 }, { dedupe: 'order 1' });
    const other = await publisher.append(key, { n: 1 }, { dedupe: 'order 2' });
    expect(await publisher.append(key, { n: 1 }, { dedupe: 'order 1' })).toBe(first);
    expect(await publisher.append(key, { n: 1 }, { dedupe: { key: 'order 1' } })).toBe(first);
    expect((await redis.xrange(key, '-', '+')).map(([id]) => id)).toEqual([first, other]);
  });

  it('adds one for each stream', async () => {
    const [publisher, redis, one, two] = [await publisherOf(), plainRedis(), unique('a'), unique('b')];
    for (const key of [one, two]) await publisher.append(key, 1, { dedupe: 'x' });
    expect([await redis.xlen(one), await redis.xlen(two)]).toEqual([1, 1]);
  });

  it('adds one when many publishers append it at the same moment', async () => {
    const [one, two, redis, key] = [await publisherOf(), await publisherOf(), plainRedis(), unique('orders')];
    const publishers = Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? one : two));
    const ids = await Promise.all(publishers.map((publisher) => publisher.append(key, 1, { dedupe: 'x' })));
    expect((await redis.xrange(key, '-', '+')).map(([id]) => id)).toEqual([...new Set(ids)]);
  });

  it('knows a key for its window, counted from the first append', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    const dedupe = { key: 'x', window: 60_000 };
    const first = await publisher.append(key, 1, { dedupe });
    const left = await redis.pttl(`${key}:dedupe:x`);
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThanOrEqual(60_000);
    expect(await publisher.append(key, 1, { dedupe: { key: 'x', window: 600_000 } })).toBe(first);
    expect(await redis.pttl(`${key}:dedupe:x`)).toBeLessThanOrEqual(left);
    // As when the window is over.
    await redis.pexpire(`${key}:dedupe:x`, 1);
    await eventually(async () => expect(await redis.exists(`${key}:dedupe:x`)).toBe(0));
    expect(await publisher.append(key, 1, { dedupe })).not.toBe(first);
    expect(await redis.xlen(key)).toBe(2);
  });

  it('knows a key for 24 hours where nothing else is said', async () => {
    const [publisher, redis, key] = [await publisherOf({ keyPrefix: 'app:' }), plainRedis(), unique('orders')];
    await publisher.append(key, 1, { dedupe: 'x' });
    const left = await redis.pttl(`app:${key}:dedupe:x`);
    expect(left).toBeGreaterThan(86_390_000);
    expect(left).toBeLessThanOrEqual(86_400_000);
  });

  it('gives the id of the first also when its entry is gone', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    const first = await publisher.append(key, 1, { dedupe: 'x' });
    await redis.xdel(key, first);
    expect(await publisher.append(key, 1, { dedupe: 'x' })).toBe(first);
    expect(await redis.xlen(key)).toBe(0);
  });

  it('takes every other option', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    await redis.xadd(key, '1-0', '$data', '0');
    await publisher.append(key, { n: 1 }, { dedupe: 'x' });
    const id = `${Date.now() + 60_000}-7`;
    const options = { dedupe: 'y', id, maxAge: 600_000, maxLength: 1, format: 'fields' } as const;
    expect(await publisher.append(key, { n: 1 }, options)).toBe(id);
    expect(await redis.xrange(key, '-', '+')).toEqual([[id, ['n', '1', '$headers', '{"idempotency-key":"y"}']]]);
  });

  it('says nothing of an entry that Redis refused, so that it can be appended later', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    await expect(publisher.append(key, 1, { dedupe: 'x', id: 'nonsense' })).rejects.toMatchObject({
      code: 'PUBLISH_FAILED',
    });
    expect(await redis.exists(key, `${key}:dedupe:x`)).toBe(0);
    expect(await publisher.append(key, 1, { dedupe: 'x', id: '1-1' })).toBe('1-1');
  });
});

describe('the header idempotency-key', () => {
  it('is the dedupe key, beside the other headers', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    const id = await publisher.append(key, 1, { dedupe: 'x', headers: { tenant: 'acme' } });
    const headers = '{"tenant":"acme","idempotency-key":"x"}';
    expect(await redis.xrange(key, '-', '+')).toEqual([[id, ['$data', '1', '$headers', headers]]]);
  });

  it('stays what the caller made it', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    const headers = { 'idempotency-key': 'mine' };
    const id = await publisher.append(key, 1, { dedupe: 'x', headers });
    expect(await redis.xrange(key, '-', '+')).toEqual([[id, ['$data', '1', '$headers', JSON.stringify(headers)]]]);
  });
});

describe('another payload under a known key', () => {
  it('is refused with DedupeConflictError, and nothing is added', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    const id = await publisher.append(key, { total: 5 }, { dedupe: 'order 1' });
    const sending = publisher.append(key, { total: 6 }, { dedupe: 'order 1' });
    await expect(sending).rejects.toBeInstanceOf(DedupeConflictError);
    await expect(sending).rejects.toMatchObject({
      code: 'DEDUPE_CONFLICT',
      stream: key,
      key: 'order 1',
      id,
      message:
        `Stream "${key}": the dedupe key "order 1" belongs to entry ${id}, which has another payload; nothing was added. ` +
        'Give each message a key of its own, and append it again only as it was.',
    });
    expect(await redis.xlen(key)).toBe(1);
  });

  it('is the payload alone: headers may differ', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    const first = await publisher.append(key, 1, { dedupe: 'x', headers: { trace: 'a' } });
    expect(await publisher.append(key, 1, { dedupe: 'x', headers: { trace: 'b' } })).toBe(first);
    expect(await redis.xlen(key)).toBe(1);
  });

  it('is told by names and values of flat fields, not by their text put together', async () => {
    const [publisher, key] = [await publisherOf(), unique('orders')];
    const options = { dedupe: 'x', format: 'fields' } as const;
    await publisher.append(key, { a: 'bc' }, options);
    await expect(publisher.append(key, { ab: 'c' }, options)).rejects.toBeInstanceOf(DedupeConflictError);
    await publisher.append(key, { a: 'bc' }, options);
  });

  it('is told by the bytes of a binary codec', async () => {
    const codec = { encode: (data: unknown) => Buffer.from([0xff, Number(data)]), decode: (bytes: Buffer) => bytes[1] };
    const [publisher, key] = [await publisherOf({ codec }), unique('orders')];
    const first = await publisher.append(key, 1, { dedupe: 'x' });
    expect(await publisher.append(key, 1, { dedupe: 'x' })).toBe(first);
    await expect(publisher.append(key, 2, { dedupe: 'x' })).rejects.toBeInstanceOf(DedupeConflictError);
  });
});

describe('an append whose answer was lost', () => {
  it('is safe to repeat with its dedupe key: the entry is there once, and has its id', async () => {
    const proxy = await TcpProxy.open(redisUrl());
    const [publisher, redis, key] = [await publisherOf({ connection: proxy.url }), plainRedis(), unique('orders')];
    const append = () => publisher.append(key, { n: 1 }, { dedupe: 'order 1' });
    // Redis knows the script from here on, so that the next EVALSHA is carried out.
    await publisher.append(unique('other'), 0, { dedupe: 'x' });
    const lost = proxy.loseReplyTo(/EVALSHA/i);
    const sending = append();
    await expect(sending).rejects.toBeInstanceOf(PublishOutcomeUnknownError);
    await expect(sending).rejects.toMatchObject({
      message:
        `Publishing to stream "${key}": the connection was lost before Redis answered, so the message may or may not be there. ` +
        'Append it again with the same dedupe key: it will be there once.',
    });
    await lost;
    expect(await redis.xlen(key)).toBe(1);
    const id = await append();
    expect((await redis.xrange(key, '-', '+')).map(([entry]) => entry)).toEqual([id]);
  });
});
