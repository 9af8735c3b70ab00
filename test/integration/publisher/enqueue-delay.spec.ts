import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import type { Redis } from 'ioredis';
import { OnQueue, PublishFailedError, RedisPublisher } from 'nestjs-redis-flow';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { hybridApp } from '../../support/app.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, redisUrl, unique } from '../../support/redis.js';
import { publisherOf } from './publisher.js';

const HOUR = 60 * 60 * 1_000;

const redisNow = async (redis: Redis): Promise<number> => {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
};

const payloads = (items: readonly string[]): unknown[] => items.map((item) => JSON.parse(item.replace(/^.*\n/, '')));

/** The jobs of a queue in the order in which they are taken. */
const waiting = async (redis: Redis, key: string): Promise<unknown[]> =>
  payloads((await redis.lrange(key, 0, -1)).toReversed());

describe('enqueue with delay', () => {
  it('keeps the job beside the queue, due by the clock of Redis, and gives its id', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('jobs')];
    const before = await redisNow(redis);
    const id = await publisher.enqueue(key, { to: 'ada' }, { delay: 60_000, headers: { t: 'x' } });
    const after = await redisNow(redis);

    const [item = '', due] = await redis.zrange(`${key}:delayed`, 0, '-1', 'WITHSCORES');
    expect(item).toMatch(new RegExp(`^\\$rf1 ${id} 0 \\d+ 9\n{"t":"x"}{"to":"ada"}$`));
    expect(Number(due)).toBeGreaterThanOrEqual(before + 60_000);
    expect(Number(due)).toBeLessThanOrEqual(after + 60_000);
    expect(await redis.exists(key)).toBe(0);
  });

  it.each([
    ['ahead', 5 * HOUR],
    ['behind', -5 * HOUR],
  ])('is due at the same time where the clock of the publisher is %s', async (_, skew) => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('jobs')];
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + skew });
    onTestFinished(() => void vi.useRealTimers());
    const before = await redisNow(redis);
    await publisher.enqueue(key, 1, { delay: 1_000 });
    const [, due] = await redis.zrange(`${key}:delayed`, 0, '-1', 'WITHSCORES');
    expect(Number(due)).toBeGreaterThanOrEqual(before + 1_000);
    expect(Number(due)).toBeLessThan(before + HOUR);
  });

  it('keeps two equal jobs apart', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('jobs')];
    await Promise.all([1, 2].map(() => publisher.enqueue(key, 'same', { delay: 60_000 })));
    expect(await redis.zcard(`${key}:delayed`)).toBe(2);
  });

  it('wakes who waits for a later one, and nobody else', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('jobs')];
    const woken = new Recorder<string>();
    await redis.subscribe(`${key}:delayed`);
    redis.on('message', (_, text: string) => woken.add(text));
    for (const delay of [60_000, 90_000, 30_000]) await publisher.enqueue(key, 1, { delay });
    expect(await woken.count(2)).toEqual(['60000', '30000']);
  });

  it('of 0 waits for nothing', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('jobs')];
    await publisher.enqueue(key, 'now', { delay: 0, front: true, maxLength: 5 });
    expect(await waiting(redis, key)).toEqual(['now']);
    expect(await redis.exists(`${key}:delayed`)).toBe(0);
  });

  it('lets the job be handled when it is due, and not before', async () => {
    const key = unique('jobs');
    const handled = new Recorder<readonly [job: string, at: number]>();
    @Controller()
    class Worker {
      @OnQueue(key)
      async work(@Payload() job: string): Promise<void> {
        handled.add([job, await redisNow(redis)]);
      }
    }
    const redis = plainRedis();
    const app = await hybridApp({ controllers: [Worker] });
    const publisher = app.get(RedisPublisher);
    const before = await redisNow(redis);
    await publisher.enqueue(key, 'later', { delay: 400 });
    await publisher.enqueue(key, 'now');
    const handledAt = new Map(await handled.count(2));
    expect([...handledAt.keys()].toSorted()).toEqual(['later', 'now']);
    expect(handledAt.get('later')).toBeGreaterThanOrEqual(before + 400);
  });
});

describe('enqueueMany with delays', () => {
  it('puts each where it belongs, in order, and gives the ids in the order of the messages', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('jobs')];
    const messages = [
      { data: 1 },
      { data: 'second', delay: 90_000 },
      { data: 3, delay: 0 },
      { data: 4, delay: 60_000 },
    ];
    const ids = await publisher.enqueueMany(key, messages);
    expect(await waiting(redis, key)).toEqual([1, 3]);
    const delayed = await redis.zrange(`${key}:delayed`, 0, '-1');
    expect(payloads(delayed)).toEqual([4, 'second']);
    const [first = '', third = ''] = (await redis.lrange(key, 0, -1)).toReversed();
    const [fourth = '', second = ''] = delayed;
    expect([first, second, third, fourth].map((item) => item.split(' ')[1])).toEqual(ids);
  });

  it('takes more than a script may unpack at once', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('jobs')];
    const messages = Array.from({ length: 12_001 }, (_, data) => ({ data }));
    await publisher.enqueueMany(key, [...messages, { data: 'later', delay: 60_000 }]);
    expect(await waiting(redis, key)).toEqual(messages.map(({ data }) => data));
    expect(await redis.zcard(`${key}:delayed`)).toBe(1);
  });

  it('takes more than fit on the stack', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('jobs')];
    const messages = Array.from({ length: 70_000 }, (_, data) => ({ data, delay: HOUR }));
    const ids = await publisher.enqueueMany(key, messages);
    expect(ids).toHaveLength(messages.length);
    expect(await redis.zcard(`${key}:delayed`)).toBe(messages.length);
    await redis.unlink(`${key}:delayed`);
  });

  it('leaves the queue as it was where Redis refuses the delayed ones', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('jobs')];
    await publisher.enqueue(key, 'before');
    await redis.set(`${key}:delayed`, 'a string');
    const sending = publisher.enqueueMany(key, [{ data: 1 }, { data: 2, delay: 5 }, { data: 3 }]);
    await expect(sending).rejects.toBeInstanceOf(PublishFailedError);
    await expect(sending).rejects.toMatchObject({
      message: expect.stringMatching(/failed: WRONGTYPE Operation/) as string,
    });
    expect(await waiting(redis, key)).toEqual(['before']);
  });

  it('delays nothing where Redis refuses the others', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('jobs')];
    await redis.set(key, 'a string');
    const sending = publisher.enqueueMany(key, [{ data: 1, delay: 5 }, { data: 2 }]);
    await expect(sending).rejects.toBeInstanceOf(PublishFailedError);
    expect(await redis.exists(`${key}:delayed`)).toBe(0);
  });
});

describe('a user of Redis who may not do everything', () => {
  /** A publisher whose user may do anything but this. */
  async function publisherWithout(command: string): Promise<RedisPublisher> {
    const [user, redis, url] = [unique('user'), plainRedis(), new URL(redisUrl())];
    await redis.acl('SETUSER', user, 'on', '>secret', '~*', '&*', '+@all', `-${command}`);
    onTestFinished(async () => void (await redis.acl('DELUSER', user)));
    Object.assign(url, { username: user, password: 'secret' });
    return publisherOf({ connection: url.href });
  }

  it('and may not publish can delay jobs all the same', async () => {
    const [publisher, redis, key] = [await publisherWithout('publish'), plainRedis(), unique('jobs')];
    await publisher.enqueue(key, 1, { delay: 60_000 });
    expect(await redis.zcard(`${key}:delayed`)).toBe(1);
  });

  it('and may not delay jobs puts in all of many or none', async () => {
    const [publisher, redis, key] = [await publisherWithout('zadd'), plainRedis(), unique('jobs')];
    await publisher.enqueue(key, 'before');
    const sending = publisher.enqueueMany(key, [{ data: 1 }, { data: 2, delay: 5 }]);
    await expect(sending).rejects.toMatchObject({ code: 'PUBLISH_FAILED' });
    expect(await waiting(redis, key)).toEqual(['before']);
  });
});
