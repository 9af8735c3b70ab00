import { PublishFailedError } from 'nestjs-redis-flow';
import { type Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { plainRedis, unique } from '../../support/redis.js';
import { publisherOf } from './publisher.js';

const HOUR = 60 * 60 * 1_000;

/** An id as Redis would have made it so long ago. */
async function idOf(redis: Redis, age: number): Promise<string> {
  const [seconds, micros] = await redis.time();
  return `${Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000) - age}-0`;
}

/** A stream with an entry of each of these ages, each named by its age. */
async function streamOf(redis: Redis, key: string, ages: readonly number[]): Promise<void> {
  for (const age of ages) await redis.xadd(key, await idOf(redis, age), '$data', String(age));
}

const dataOf = async (redis: Redis, key: string): Promise<unknown[]> =>
  (await redis.xrange(key, '-', '+')).map(([, fields]) => JSON.parse(String(fields[1])));

/** Makes this process believe that it is so much later; the clock of Redis stays. */
function moveOwnClock(by: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + by });
  onTestFinished(() => void vi.useRealTimers());
}

describe('append with maxAge', () => {
  it('deletes the entries that are older, to the entry, and no others', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    await streamOf(redis, key, [9_000_000, 8_000_000, 7_000_000, 2_000, 1_000]);
    const id = await publisher.append(key, 'new', { maxAge: HOUR });
    expect(await dataOf(redis, key)).toEqual([2_000, 1_000, 'new']);
    expect((await redis.xrange(key, '-', '+')).at(-1)?.[0]).toBe(id);
  });

  it.each([
    ['ahead', 5 * HOUR],
    ['behind', -5 * HOUR],
  ])("goes by Redis' clock, also where the publisher's is hours %s", async (_, by) => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    await streamOf(redis, key, [2 * HOUR, HOUR / 2]);
    moveOwnClock(by);
    await publisher.append(key, 'new', { maxAge: HOUR });
    expect(await dataOf(redis, key)).toEqual([HOUR / 2, 'new']);
  });

  it('keeps all for an age longer than time itself', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    await publisher.append(key, 1, { id: '1-1' });
    await publisher.append(key, 2, { maxAge: Number.MAX_SAFE_INTEGER });
    expect(await dataOf(redis, key)).toEqual([1, 2]);
  });

  it.each([
    ['the number is the tighter limit', 2, [1_000, 'new']],
    ['the age is the tighter limit', 9, [2_000, 1_000, 'new']],
  ])('keeps what maxLength allows as well: %s', async (_, maxLength, kept) => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    await streamOf(redis, key, [9_000_000, 2_000, 1_000]);
    await publisher.append(key, 'new', { maxAge: HOUR, maxLength });
    expect(await dataOf(redis, key)).toEqual(kept);
  });

  it('writes what append writes without it', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    const [id, headers] = [await idOf(redis, 5), { tenant: 'acme' }];
    expect(await publisher.append(key, { a: 'é' }, { maxAge: HOUR, id, headers, format: 'fields' })).toBe(id);
    expect(await redis.xrange(key, '-', '+')).toEqual([[id, ['a', 'é', '$headers', '{"tenant":"acme"}']]]);
  });

  it('refuses an id that is older than that, as the entry would be gone at once', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    const sending = publisher.append(key, 1, { id: '5-*', maxAge: HOUR });
    await expect(sending).rejects.toBeInstanceOf(PublishFailedError);
    await expect(sending).rejects.toMatchObject({
      message: `Publishing to stream "${key}" failed: ERR the id 5-* is older than maxAge; its entry would be trimmed at once`,
    });
    expect(await redis.exists(key)).toBe(0);
  });

  it('deletes nothing where Redis refuses the entry', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    await streamOf(redis, key, [2 * HOUR, 1_000]);
    const id = await idOf(redis, 60_000);
    await expect(publisher.append(key, 'late', { maxAge: HOUR, id })).rejects.toMatchObject({
      message: expect.stringMatching(/failed: ERR The ID specified in XADD is equal or smaller .* item$/),
      cause: expect.objectContaining({ name: 'ReplyError' }),
    });
    expect(await dataOf(redis, key)).toEqual([2 * HOUR, 1_000]);
  });
});
