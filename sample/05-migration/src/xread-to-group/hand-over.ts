import type { Redis } from 'ioredis';

/** Makes the place of the loop a checkpoint: a hash beside the stream, the id under the reader's name. */
export async function handOver(redis: Redis): Promise<void> {
  await redis.hset('events:checkpoints', 'audit', (await redis.get('events:last-id')) ?? '0-0');
}
