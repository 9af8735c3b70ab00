import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { inject, onTestFinished } from 'vitest';

/** The server of this run. */
export const redisUrl = (): string => inject('redisUrl');

/** A plain client, as redis-cli would be; it ends with the test. */
export function plainRedis(url = redisUrl()): Redis {
  const redis = new Redis(url);
  onTestFinished(() => redis.disconnect());
  return redis;
}

/** A name that no other test uses. */
export const unique = (name: string): string => `${name}-${randomUUID().slice(0, 8)}`;
