import { type RedisPublisher } from 'nestjs-redis-flow';
import { beforeAll, describe, expect, it } from 'vitest';
import { type OwnCluster, startCluster } from '../../support/own-cluster.js';
import { plainRedis } from '../../support/redis.js';
import { publisherOf } from './publisher.js';

let cluster: OwnCluster;

beforeAll(async () => {
  cluster = await startCluster();
  return () => cluster.stop();
});

const clustered = (): Promise<RedisPublisher> => publisherOf({ connection: cluster.connection });

describe('in a Cluster', () => {
  it.each(['orders', '{shop}:orders'])('a dedupe key shares the slot of the stream %s', async (stream) => {
    const [publisher, redis] = [await clustered(), plainRedis(cluster.url)];
    const id = await publisher.append(stream, 1, { dedupe: 'order 1', maxAge: 60_000 });
    expect(await publisher.append(stream, 1, { dedupe: 'order 1' })).toBe(id);
    expect(await redis.xlen(stream)).toBe(1);
  });

  it('one and many are published', async () => {
    const [publisher, redis] = [await clustered(), plainRedis(cluster.url)];
    const ids = [await publisher.append('one', 1), ...(await publisher.appendMany('one', [{ data: 2 }, { data: 3 }]))];
    expect((await redis.xrange('one', '-', '+')).map(([id]) => id)).toEqual(ids);
    await publisher.enqueueMany('jobs', [{ data: 1 }, { data: 2 }]);
    expect(await redis.llen('jobs')).toBe(2);
    await publisher.enqueueMany('jobs', [{ data: 3 }, { data: 4, delay: 60_000 }]);
    await publisher.enqueue('jobs', 5, { maxLength: 2 });
    expect([await redis.llen('jobs'), await redis.zcard('{jobs}:delayed')]).toEqual([2, 1]);
    expect(await publisher.publish('news', 1)).toBe(0);
  });
});
