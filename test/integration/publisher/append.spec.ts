import { describe, expect, it } from 'vitest';
import { plainRedis, unique } from '../../support/redis.js';
import { publisherOf } from './publisher.js';

describe('append', () => {
  it('writes $data and, if there are any, $headers, and gives the id of the entry', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    const first = await publisher.append(key, { total: 5, name: 'Ada é' });
    const second = await publisher.append(key, 'text', { headers: { tenant: 'acme' } });
    expect(await redis.xrange(key, '-', '+')).toEqual([
      [first, ['$data', '{"total":5,"name":"Ada é"}']],
      [second, ['$data', '"text"', '$headers', '{"tenant":"acme"}']],
    ]);
  });

  it('takes an id, or lets Redis count after the time', async () => {
    const [publisher, key] = [await publisherOf(), unique('orders')];
    expect(await publisher.append(key, 1, { id: '5-1' })).toBe('5-1');
    expect(await publisher.append(key, 1, { id: '5-*' })).toBe('5-2');
  });

  it('keeps the newest maxLength entries', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    for (let n = 1; n <= 5; n += 1) await publisher.append(key, n, { maxLength: 2 });
    expect((await redis.xrange(key, '-', '+')).map(([, fields]) => fields[1])).toEqual(['4', '5']);
  });

  it('keeps the order of one tick', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    const ids = await Promise.all(Array.from({ length: 100 }, (_, n) => publisher.append(key, n)));
    const entries = await redis.xrange(key, '-', '+');
    expect(entries.map(([id]) => id)).toEqual(ids);
    expect(entries.map(([, fields]) => Number(fields[1]))).toEqual(ids.map((_, n) => n));
  });

  it("writes flat fields with format 'fields'", async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('orders')];
    const bytes = Buffer.from([0, 255]);
    await publisher.append(key, { name: 'Ada', n: 5, tags: ['a'], bytes }, { format: 'fields', headers: { t: 'x' } });
    const [entry] = await redis.xrangeBuffer(key, '-', '+');
    const texts = ['name', 'Ada', 'n', '5', 'tags', '["a"]', 'bytes', bytes, '$headers', '{"t":"x"}'];
    expect(entry?.[1]).toEqual(texts.map((text) => Buffer.from(text)));
  });
});
