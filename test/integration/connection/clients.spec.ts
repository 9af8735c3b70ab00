import { OnChannel, OnQueue, OnStream, RedisPublisher } from 'nestjs-redis-flow';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../../support/app.js';
import { eventually } from '../../support/eventually.js';
import { plainRedis, redisUrl, unique } from '../../support/redis.js';

/** The names of the living clients that begin so. */
async function clientNames(redis: Redis, start: string): Promise<string[]> {
  const list = (await redis.client('LIST')) as string;
  const names = [...list.matchAll(/ name=(\S*)/g)].map(([, name]) => name as string);
  return names.filter((name) => name.startsWith(start)).toSorted();
}

class AllKinds {
  @OnStream(['orders', 'bills'])
  stream(): void {}

  @OnQueue('jobs')
  queue(): void {}

  @OnChannel(['news', 'user:{id}'])
  channel(): void {}
}

class OnlyStream {
  @OnStream('orders')
  stream(): void {}
}

describe('the clients of a connection', () => {
  it('are one for commands, one for subscriptions and one for each reading loop, named after what they do', async () => {
    const [redis, consumer, keyPrefix] = [plainRedis(), unique('me'), unique('app')];
    await hybridApp({ flow: { consumer, keyPrefix }, providers: [AllKinds] });
    await eventually(async () =>
      expect(await clientNames(redis, consumer)).toEqual([
        `${consumer}:default:command`,
        `${consumer}:default:queue_"jobs"`,
        `${consumer}:default:stream_"bills"_in_group_"test"`,
        `${consumer}:default:stream_"orders"_in_group_"test"`,
        `${consumer}:default:subscriber`,
      ]),
    );
  });

  it('have no subscriber without channels and queues', async () => {
    const [redis, consumer, keyPrefix] = [plainRedis(), unique('me'), unique('app')];
    await hybridApp({ flow: { consumer, keyPrefix }, providers: [OnlyStream] });
    await eventually(async () =>
      expect(await clientNames(redis, consumer)).toEqual([
        `${consumer}:default:command`,
        `${consumer}:default:stream_"orders"_in_group_"test"`,
      ]),
    );
  });

  it('are one alone where the application only publishes', async () => {
    const [redis, consumer] = [plainRedis(), unique('me')];
    const app = await hybridApp({ flow: { consumer, consume: false }, providers: [AllKinds] });
    await app.get(RedisPublisher).publish(unique('x'), 1);
    expect(await clientNames(redis, consumer)).toEqual([`${consumer}:default:command`]);
  });

  it('are gone when the application is closed', async () => {
    const [redis, consumer, keyPrefix] = [plainRedis(), unique('me'), unique('app')];
    const app = await hybridApp({ flow: { consumer, keyPrefix }, providers: [AllKinds] });
    await eventually(async () => expect(await clientNames(redis, consumer)).toHaveLength(5));
    await app.close();
    await eventually(async () => expect(await clientNames(redis, consumer)).toEqual([]));
  });

  it('come from the factory, one for each role, and are named as well', async () => {
    const [redis, consumer, keyPrefix] = [plainRedis(), unique('me'), unique('app')];
    const roles: string[] = [];
    const create = (role: string): Redis => {
      roles.push(role);
      return new Redis(redisUrl(), { lazyConnect: true });
    };
    await hybridApp({ flow: { consumer, keyPrefix, connection: { create } }, providers: [AllKinds] });
    await eventually(async () => expect(await clientNames(redis, consumer)).toHaveLength(5));
    expect(roles.toSorted()).toEqual(['blocking', 'blocking', 'blocking', 'command', 'subscriber']);
  });
});
