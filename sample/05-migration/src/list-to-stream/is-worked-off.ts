import type { Redis } from 'ioredis';

/** Whether a queue has no job any more: none that waits, none that a consumer holds, none that is due later. */
export async function isWorkedOff(redis: Redis, queue: string): Promise<boolean> {
  const consumers = await redis.zrange(`${queue}:consumers`, 0, '-1');
  // At one moment: a job may be on its way from one key to another.
  const count = redis.multi().llen(queue).zcard(`${queue}:delayed`);
  for (const name of consumers) count.llen(`${queue}:taken:${name}`).llen(`${queue}:processing:${name}`);
  const counts = (await count.exec()) ?? [];
  return counts.every(([error, jobs]) => error === null && jobs === 0);
}
