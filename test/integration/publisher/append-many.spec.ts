import { PublishFailedError, PublishOutcomeUnknownError, type RedisPublisher } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { monitored } from '../../support/monitored.js';
import { plainRedis, redisUrl, unique } from '../../support/redis.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { publisherOf } from './publisher.js';

const numbered = (length: number) => Array.from({ length }, (_, n) => ({ data: n }));

/** Redis knows the script from here on: whatever is sent next is carried out. */
const warmUp = (publisher: RedisPublisher) => publisher.appendMany(unique('warm'), [{ data: 0 }]);

describe('appendMany', () => {
  it.each([1, 200, 500, 501, 1_700])('gives the ids of %d entries in the order of the messages', async (count) => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    const ids = await publisher.appendMany(key, numbered(count));
    const entries = await redis.xrange(key, '-', '+');
    expect(entries.map(([id]) => id)).toEqual(ids);
    expect(entries.map(([, fields]) => fields)).toEqual(numbered(count).map(({ data }) => ['$data', String(data)]));
  });

  it('keeps the order of entries that are megabytes together', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    const messages = Array.from({ length: 12 }, (_, n) => ({ data: String(n).repeat(n === 5 ? 2_000_000 : 300_000) }));
    const ids = await publisher.appendMany(key, messages);
    const entries = await redis.xrange(key, '-', '+');
    expect(entries.map(([id, fields]) => [id, fields[1]?.length])).toEqual(
      messages.map(({ data }, n) => [ids[n], data.length + 2]),
    );
    await redis.del(key);
  });

  it('writes headers and ids where a message has them', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    const messages = [
      { data: 1, id: '1-1' },
      { data: 'é', id: '2-*', headers: { t: 'é' } },
      { data: 3, headers: {} },
    ];
    const ids = await publisher.appendMany(key, messages);
    expect(ids.slice(0, 2)).toEqual(['1-1', '2-0']);
    expect(await redis.xrange(key, '-', '+')).toEqual([
      [ids[0], ['$data', '1']],
      [ids[1], ['$data', '"é"', '$headers', '{"t":"é"}']],
      [ids[2], ['$data', '3']],
    ]);
  });

  it('writes the bytes of a binary codec as they are', async () => {
    const codec = { encode: (data: unknown) => Buffer.from([0, 0xff, Number(data)]), decode: (bytes: Buffer) => bytes };
    const [publisher, redis, key] = [await publisherOf({ codec }), plainRedis(), unique('orders')];
    await publisher.appendMany(key, [{ data: 1 }, { data: 2 }]);
    const payloads = (await redis.xrangeBuffer(key, '-', '+')).map(([, fields]) => [...(fields[1] ?? [])]);
    expect(payloads).toEqual([
      [0, 0xff, 1],
      [0, 0xff, 2],
    ]);
  });

  it('takes one call for 500 entries', async () => {
    const [publisher, key] = [await publisherOf(), unique('orders')];
    await warmUp(publisher);
    const seen = await monitored();
    await publisher.appendMany(key, numbered(500));
    await publisher.append(key, 'the end');
    await seen.until((commands) => commands.some(({ text }) => text.includes('the end')));
    const sent = seen.items.filter(({ source, text }) => source !== 'lua' && text.includes(key));
    expect(sent.map(({ name }) => name)).toEqual(['EVALSHA', 'XADD']);
  });

  it('sends nothing for no messages', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    expect(await publisher.appendMany(key, [])).toEqual([]);
    expect(await redis.exists(key)).toBe(0);
  });
});

describe('one of many entries that Redis refuses', () => {
  it('ends the list: those before it are there and none after it, and the error has their ids', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    const sending = publisher.appendMany(
      key,
      ['1-0', 'nonsense', '2-0'].map((id) => ({ data: id, id })),
    );
    await expect(sending).rejects.toBeInstanceOf(PublishFailedError);
    await expect(sending).rejects.toMatchObject({
      code: 'PUBLISH_FAILED',
      published: ['1-0'],
      message: `Publishing to stream "${key}" failed: ERR Invalid stream ID specified as stream command argument (1 of 3 entries are there)`,
      cause: expect.objectContaining({ name: 'ReplyError' }),
    });
    expect((await redis.xrange(key, '-', '+')).map(([id]) => id)).toEqual(['1-0']);
  });

  it('ends the list also between chunks', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    const messages = Array.from({ length: 1_200 }, (_, n) => ({ data: n, id: n === 700 ? '1-0' : `${n + 1}-0` }));
    const error = await publisher.appendMany(key, messages).catch((thrown: unknown) => thrown as PublishFailedError);
    expect(error).toMatchObject({ message: expect.stringContaining('(700 of 1200 entries are there)') });
    const entries = await redis.xrange(key, '-', '+');
    expect((error as PublishFailedError).published).toEqual(entries.map(([id]) => id));
    expect(entries).toHaveLength(700);
  });

  it('may be the first: none is there', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    await redis.set(key, 'a string');
    await expect(publisher.appendMany(key, numbered(2))).rejects.toMatchObject({
      published: [],
      message: `Publishing to stream "${key}" failed: WRONGTYPE Operation against a key holding the wrong kind of value (0 of 2 entries are there)`,
    });
  });
});

describe('many entries whose answer was lost', () => {
  it('are told by the ids of those that are certainly there', async () => {
    const proxy = await TcpProxy.open(redisUrl());
    const [publisher, redis, key] = [await publisherOf({ connection: proxy.url }), plainRedis(), unique('orders')];
    await warmUp(publisher);
    // The last payload of the second chunk.
    const lost = proxy.loseReplyTo(/\r\n999\r\n$/);
    const error = await publisher.appendMany(key, numbered(1_200)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PublishOutcomeUnknownError);
    await lost;
    const entries = await redis.xrange(key, '-', '+');
    expect(entries).toHaveLength(1_000);
    expect(error).toMatchObject({
      published: entries.slice(0, 500).map(([id]) => id),
      message:
        `Publishing to stream "${key}": the connection was lost before Redis answered, so 500 of 1200 entries are there, ` +
        'and the next ones may or may not be there. Publish again only if the handler tolerates a double.',
    });
  });
});
