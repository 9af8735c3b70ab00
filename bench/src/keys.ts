import type { Redis } from 'ioredis';

/** The consumer group, and the name of its only consumer. */
export const GROUP = 'bench';
export const CONSUMER = 'bench';

/** The lists of the jobs that a consumer holds, named as the library names them: those that it has started, */
export const processingOf = (queue: string): string => `${queue}:processing:${CONSUMER}`;
/** and those that it has not. */
export const takenOf = (queue: string): string => `${queue}:taken:${CONSUMER}`;

/** The names of all keys that begin with `prefix`. */
export async function keysOf(redis: Redis, prefix: string): Promise<string[]> {
  const found = new Set<string>();
  for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 })) {
    for (const key of keys as string[]) found.add(key);
  }
  return [...found];
}
