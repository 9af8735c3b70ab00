import type { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RedisConnection } from '../../../lib/connection/index.js';
import { countJobs } from '../../../lib/mechanisms/index.js';
import { resolveModuleOptions } from '../../../lib/options/index.js';
import { monitored } from '../../support/monitored.js';
import { plainRedis, redisUrl, unique } from '../../support/redis.js';

function openConnection(keyPrefix = ''): RedisConnection {
  const options = { connection: redisUrl(), consumer: unique('me'), keyPrefix };
  const connection = new RedisConnection(resolveModuleOptions('default', options));
  onTestFinished(() => connection.close());
  return connection;
}

/** Two consumers at work, one that holds nothing, and jobs wherever they can be. */
async function fill(redis: Redis, key: string): Promise<void> {
  await redis.lpush(key, 'a', 'b', 'c');
  await redis.zadd(`${key}:consumers`, 1, 'one', 2, 'two: with: colons', 3, 'idle');
  await redis.lpush(`${key}:taken:one`, 'd', 'e');
  await redis.lpush(`${key}:processing:one`, 'f');
  await redis.lpush(`${key}:processing:two: with: colons`, 'g', 'h', 'i');
  await redis.zadd(`${key}:delayed`, 1, 'j', 2, 'k', 3, 'l', 4, 'm');
  await redis.lpush(`${key}:dlq`, 'n', 'o', 'p', 'q', 'r');
}

const FILLED = { depth: 3, taken: 2, processing: 4, delayed: 4, dead: 5 };

describe('the counts of a queue', () => {
  it('say how many jobs are where', async () => {
    const [redis, key] = [plainRedis(), unique('jobs')];
    await fill(redis, key);
    expect(await countJobs(openConnection(), key)).toEqual(FILLED);
  });

  it('are 0 for a queue that is not there', async () => {
    expect(await countJobs(openConnection(), unique('jobs'))).toEqual({
      depth: 0,
      taken: 0,
      processing: 0,
      delayed: 0,
      dead: 0,
    });
  });

  it('know of the prefix of the keys', async () => {
    const [redis, prefix, key] = [plainRedis(), `${unique('app')}:`, unique('jobs')];
    await fill(redis, prefix + key);
    expect(await countJobs(openConnection(prefix), key)).toEqual(FILLED);
  });

  it('take one round trip, however many consumers there are', async () => {
    const [redis, key, connection] = [plainRedis(), unique('jobs'), openConnection()];
    await fill(redis, key);
    // Redis knows the script from here on.
    await countJobs(connection, key);
    const seen = await monitored();
    await countJobs(connection, key);
    await redis.get(`${key}:end`);
    await seen.until((commands) => commands.some(({ text }) => text.includes(`${key}:end`)));
    const sent = seen.items.filter(({ source, text }) => source !== 'lua' && text.includes(key));
    expect(sent.map(({ name }) => name.toLowerCase())).toEqual(['evalsha', 'get']);
  });

  it('are refused where a key is none of a queue', async () => {
    const [redis, key] = [plainRedis(), unique('jobs')];
    await redis.set(`${key}:dlq`, 'a string');
    await expect(countJobs(openConnection(), key)).rejects.toThrow(/^WRONGTYPE/);
  });
});
