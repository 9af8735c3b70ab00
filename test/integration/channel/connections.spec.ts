import { Redis } from 'ioredis';
import type { ConnectionOptions } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, redisUrl, unique } from '../../support/redis.js';
import { killSubscriber, listen, listenerOf } from './listeners.js';

const own = (options: { readonly protocol: 2 | 3; readonly socketTimeout?: number }): ConnectionOptions => ({
  create: () => new Redis(redisUrl(), { lazyConnect: true, maxRetriesPerRequest: null, ...options }),
});

/** How the subscriber's connection can be made; some are read here, and some by ioredis. */
const CONNECTIONS: readonly (readonly [string, () => ConnectionOptions])[] = [
  ['a URL', redisUrl],
  ["a client of the user's with RESP2", () => own({ protocol: 2 })],
  ["a client of the user's with RESP3", () => own({ protocol: 3 })],
  ["a client of the user's with a socket timeout", () => own({ protocol: 2, socketTimeout: 10_000 })],
];

describe.each(CONNECTIONS)('the messages of a channel over %s', (_, connection) => {
  it('come whole and in order, whatever their size, also after a reconnect', async () => {
    const [redis, base] = [plainRedis(), unique('any')];
    const got = new Recorder<unknown>();
    const listener = listenerOf([`${base}.plain`, `${base}.*.glob`], {}, got.add);
    const { consumer, gaps } = await listen([listener], { connection: connection() });
    const sizes = [0, 1, 100, 70_000, 3, 1_000_000, 17];
    const texts = sizes.map((size, n) => `${n}:`.padEnd(size + 2, 'é'));
    const publishAll = async (): Promise<void> => {
      for (const [n, text] of texts.entries())
        expect(await redis.publish(n % 2 === 0 ? `${base}.plain` : `${base}.x.glob`, JSON.stringify(text))).toBe(1);
    };
    await publishAll();
    expect(await got.count(texts.length)).toEqual(texts);

    await killSubscriber(redis, consumer);
    await gaps.count(1);
    await publishAll();
    expect((await got.count(2 * texts.length)).slice(texts.length)).toEqual(texts);
  });
});
