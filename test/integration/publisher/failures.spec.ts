import { PublishFailedError, PublishOutcomeUnknownError, type RedisPublisher } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { plainRedis, unique } from '../../support/redis.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { redisUrl } from '../../support/redis.js';
import { publisherOf } from './publisher.js';

type Send = (publisher: RedisPublisher, key: string) => Promise<unknown>;

const KEPT: [method: string, target: string, send: Send][] = [
  ['append', 'stream', (publisher, key) => publisher.append(key, 1)],
  ['append with maxAge', 'stream', (publisher, key) => publisher.append(key, 1, { maxAge: 60_000 })],
  ['appendMany', 'stream', (publisher, key) => publisher.appendMany(key, [{ data: 1 }])],
  ['enqueue', 'queue', (publisher, key) => publisher.enqueue(key, 1)],
  ['enqueue with maxLength', 'queue', (publisher, key) => publisher.enqueue(key, 1, { maxLength: 5 })],
  ['enqueueMany', 'queue', (publisher, key) => publisher.enqueueMany(key, [{ data: 1 }])],
  [
    'enqueueMany with delay',
    'queue',
    (publisher, key) => publisher.enqueueMany(key, [{ data: 1 }, { data: 2, delay: 60_000 }]),
  ],
];

describe.each(KEPT)('%s', (_, target, send) => {
  it('rejects with PublishFailedError and the reply of Redis as its cause when Redis refuses', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('x')];
    await redis.set(key, 'a string');
    await expect(send(publisher, key)).rejects.toBeInstanceOf(PublishFailedError);
    await expect(send(publisher, key)).rejects.toMatchObject({
      code: 'PUBLISH_FAILED',
      message: `Publishing to ${target} "${key}" failed: WRONGTYPE Operation against a key holding the wrong kind of value`,
      cause: expect.objectContaining({ name: 'ReplyError' }),
    });
  });

  it('rejects with PublishOutcomeUnknownError when the answer is lost, and never sends twice', async () => {
    const proxy = await TcpProxy.open(redisUrl());
    const [publisher, redis, key] = [await publisherOf({ connection: proxy.url }), plainRedis(), unique('x')];
    // Redis knows the scripts from here on, so that the next EVALSHA is carried out.
    await send(publisher, unique('warm'));
    const lost = proxy.loseReplyTo(/XADD|LPUSH|EVALSHA/i);
    const sending = send(publisher, key);
    await expect(sending).rejects.toBeInstanceOf(PublishOutcomeUnknownError);
    await expect(sending).rejects.toMatchObject({
      code: 'PUBLISH_OUTCOME_UNKNOWN',
      message:
        `Publishing to ${target} "${key}": the connection was lost before Redis answered, so the message may or may not be there. ` +
        'Publish again only if the handler tolerates a double.',
      cause: expect.any(Error),
    });
    await lost;
    // What the client might send again would arrive before this, which goes the same way.
    await publisher.publish(key, 'over');
    expect(target === 'stream' ? await redis.xlen(key) : await redis.llen(key)).toBe(1);
  });
});

describe('a bad id', () => {
  it('is refused by Redis', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('x')];
    await expect(publisher.append(key, 1, { id: 'nonsense' })).rejects.toBeInstanceOf(PublishFailedError);
    expect(await redis.exists(key)).toBe(0);
  });
});

describe('a publisher without Redis', () => {
  it('rejects after five seconds with PublishFailedError: nothing was sent', async () => {
    const publisher = await publisherOf({ connection: 'redis://127.0.0.1:1' });
    const sending = publisher.append('orders', 1);
    await expect(sending).rejects.toBeInstanceOf(PublishFailedError);
    await expect(sending).rejects.toMatchObject({
      message:
        'Publishing to stream "orders" failed: Connection "default" was not ready within 5000 ms ' +
        '(connect ECONNREFUSED 127.0.0.1:1); nothing was sent. ' +
        'Check that Redis runs and that the connection option points at it.',
      cause: { code: 'CONNECTION_NOT_READY', cause: { code: 'ECONNREFUSED' } },
    });
  });
});
