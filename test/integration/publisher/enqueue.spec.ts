import { describe, expect, it } from 'vitest';
import { plainRedis, unique } from '../../support/redis.js';
import { publisherOf } from './publisher.js';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const payload = (item: string | null | undefined): unknown => JSON.parse((item ?? '').replace(/^.*\n/, ''));

describe('enqueue', () => {
  it('writes one line, the headers and the payload, and gives the id of the job', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('jobs')];
    const before = Date.now();
    const id = await publisher.enqueue(key, { to: 'ada@x.org' }, { headers: { t: 'é' } });
    const [item = ''] = await redis.lrange(key, 0, -1);
    expect(id).toMatch(new RegExp(`^${UUID}$`));
    const [line, rest] = item.split('\n');
    const [mark, itemId, attempts, time, length] = (line ?? '').split(' ');
    expect([mark, itemId, attempts, length]).toEqual(['$rf1', id, '0', '10']);
    expect(Number(time)).toBeGreaterThanOrEqual(before);
    expect(Number(time)).toBeLessThanOrEqual(Date.now());
    expect(rest).toBe('{"t":"é"}{"to":"ada@x.org"}');
  });

  it('writes no headers where there are none', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('jobs')];
    const id = await publisher.enqueue(key, 5);
    expect(await redis.lrange(key, 0, -1)).toEqual([expect.stringMatching(new RegExp(`^\\$rf1 ${id} 0 \\d+ 0\\n5$`))]);
  });

  it('gives a plain BRPOP first in, first out', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('jobs')];
    for (const n of [1, 2, 3]) await publisher.enqueue(key, n);
    const taken: unknown[] = [];
    for (let n = 0; n < 3; n += 1) taken.push(payload((await redis.brpop(key, 1))?.[1]));
    expect(taken).toEqual([1, 2, 3]);
  });

  it('with front is taken next', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('jobs')];
    await publisher.enqueue(key, 'waits');
    await publisher.enqueue(key, 'urgent', { front: true });
    expect(payload(await redis.rpop(key))).toBe('urgent');
  });
});

describe('enqueueMany', () => {
  it('gives the ids in the order of the messages, which is the order of the queue', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('jobs')];
    const ids = await publisher.enqueueMany(key, [{ data: 1 }, { data: 2, headers: { t: 'x' } }, { data: 3 }]);
    const items = (await redis.lrange(key, 0, -1)).toReversed();
    expect(items.map((item) => item.split(' ')[1])).toEqual(ids);
    expect(items.map((item) => item.at(-1))).toEqual(['1', '2', '3']);
  });

  it('sends nothing for no jobs', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('jobs')];
    expect(await publisher.enqueueMany(key, [])).toEqual([]);
    expect(await redis.exists(key)).toBe(0);
  });
});
