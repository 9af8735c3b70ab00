import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';

/** The keys of a queue that hold jobs which are not done: waiting, held by a consumer, delayed. */
async function isWorkedOff(redis: Redis, queues: readonly string[]): Promise<boolean> {
  const held = await Promise.all(
    queues.map(async (queue) => {
      const consumers = await redis.zrange(`${queue}:consumers`, 0, '-1');
      return consumers.flatMap((name) => [`${queue}:taken:${name}`, `${queue}:processing:${name}`]);
    }),
  );
  // Together: a job may be on its way from one key to another.
  const count = redis.multi();
  for (const list of [...queues, ...held.flat()]) count.llen(list);
  for (const queue of queues) count.zcard(`${queue}:delayed`);
  const replies = (await count.exec()) ?? [];
  return replies.every(([error, length]) => error === null && length === 0);
}

/** Resolves with true when all jobs of these queues are done, with false after `timeout` ms. */
export async function whenWorkedOff(redis: Redis, queues: readonly string[], timeout: number): Promise<boolean> {
  const until = Date.now() + timeout;
  while (!(await isWorkedOff(redis, queues))) {
    if (Date.now() > until) return false;
    await sleep(25);
  }
  return true;
}

/** Deletes all keys of a run. */
export async function deleteKeys(redis: Redis, prefix: string): Promise<void> {
  for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 500 }))
    if ((keys as string[]).length > 0) await redis.unlink(...(keys as string[]));
}
