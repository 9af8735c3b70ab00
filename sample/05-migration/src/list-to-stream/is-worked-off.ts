import type { Redis } from 'ioredis';

/** Whether a queue has no job any more: none that waits, none that is handled, none that waits for its retry. */
export async function isWorkedOff(redis: Redis, queue: string): Promise<boolean> {
  const taken = await redis.zrange(`${queue}:consumers`, 0, '-1');
  const lists = [queue, ...taken.map((consumer) => `${queue}:processing:${consumer}`)];
  const lengths = await Promise.all(lists.map((list) => redis.llen(list)));
  return lengths.every((length) => length === 0) && (await redis.zcard(`${queue}:delayed`)) === 0;
}
