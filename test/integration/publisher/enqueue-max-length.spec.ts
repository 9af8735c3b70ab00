import type { Redis } from 'ioredis';
import { type RedisFlowEvent, RedisFlowEvents, RedisPublisher } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../../support/app.js';
import { LogSink } from '../../support/log-sink.js';
import { plainRedis, unique } from '../../support/redis.js';

/** A publisher, with what is told of its queues. */
async function observed() {
  const logger = new LogSink();
  const app = await hybridApp({ flow: { consume: false }, logger });
  const events: RedisFlowEvent[] = [];
  app.get(RedisFlowEvents).events$.subscribe((event) => event.type === 'trimmed' && events.push(event));
  return { publisher: app.get(RedisPublisher), redis: plainRedis(), key: unique('jobs'), events, logger };
}

/** The jobs of a queue in the order in which they are taken. */
const waiting = async (redis: Redis, key: string): Promise<unknown[]> =>
  (await redis.lrange(key, 0, -1)).toReversed().map((item) => JSON.parse(item.replace(/^.*\n/, '')) as unknown);

describe('enqueue with maxLength', () => {
  it('lets so many jobs wait, the newest, and tells how many were trimmed', async () => {
    const { publisher, redis, key, events } = await observed();
    for (const n of [1, 2, 3, 4, 5]) await publisher.enqueue(key, n, { maxLength: 3 });
    expect(await waiting(redis, key)).toEqual([3, 4, 5]);
    const event = { type: 'trimmed', connection: 'default', key, count: 1, maxLength: 3 };
    expect(events).toEqual([event, event]);
  });

  it('trims a longer queue at once', async () => {
    const { publisher, redis, key, events } = await observed();
    await publisher.enqueueMany(
      key,
      [1, 2, 3, 4].map((data) => ({ data })),
    );
    const id = await publisher.enqueue(key, 'only', { maxLength: 1, headers: { a: 'b' } });
    expect(await redis.lrange(key, 0, -1)).toEqual([expect.stringContaining(`$rf1 ${id} `)]);
    expect(events).toMatchObject([{ count: 4, maxLength: 1 }]);
  });

  it('with front keeps the new job, and trims those that would have been taken last', async () => {
    const { publisher, redis, key, events } = await observed();
    await publisher.enqueueMany(
      key,
      [1, 2, 3, 4].map((data) => ({ data })),
    );
    await publisher.enqueue(key, 'urgent', { front: true, maxLength: 3 });
    expect(await waiting(redis, key)).toEqual(['urgent', 1, 2]);
    expect(events).toMatchObject([{ count: 2 }]);
  });

  it('tells nothing where all fit', async () => {
    const { publisher, redis, key, events, logger } = await observed();
    for (const n of [1, 2]) await publisher.enqueue(key, n, { maxLength: 2 });
    expect(await waiting(redis, key)).toEqual([1, 2]);
    expect([events, logger.of('RedisFlowPublisher')]).toEqual([[], []]);
  });

  it('holds, and counts each job once, when many publish at the same time', async () => {
    const { publisher, redis, key, events } = await observed();
    await Promise.all(Array.from({ length: 500 }, (_, n) => publisher.enqueue(key, n, { maxLength: 20 })));
    expect(await waiting(redis, key)).toEqual(Array.from({ length: 20 }, (_, n) => 480 + n));
    expect(events.reduce((sum, event) => sum + (event.type === 'trimmed' ? event.count : 0), 0)).toBe(480);
  });

  it('logs the first, and not one line for each', async () => {
    const { publisher, key, logger } = await observed();
    for (const n of [1, 2, 3, 4]) await publisher.enqueue(key, n, { maxLength: 1 });
    expect(logger.of('RedisFlowPublisher')).toEqual([
      `queue "${key}": more jobs than maxLength allows; trimmed unhandled: 1`,
    ]);
  });
});
