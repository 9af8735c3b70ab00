import { Redis } from 'ioredis';

/** Connects a client of its own, without this library. @throws when there is no Redis. */
export async function connectPlainClient(url: string): Promise<Redis> {
  let wasThere = false;
  const redis = new Redis(url, {
    lazyConnect: true,
    commandTimeout: 5_000,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: () => (wasThere ? 500 : null),
  });
  let reason = 'no answer';
  redis.on('error', (error: NodeJS.ErrnoException) => (reason = error.message || (error.code ?? reason)));
  try {
    await redis.connect();
    wasThere = true;
    return redis;
  } catch (cause) {
    throw new Error(`There is no Redis at ${withoutPassword(url)} (${reason}). Set REDIS_URL.`, { cause });
  }
}

export function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return url;
  const parsed = new URL(url);
  if (parsed.password !== '') parsed.password = '***';
  return parsed.href;
}

async function keysOf(redis: Redis, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of redis.scanStream({ match: `${prefix}*`, count: 500 })) keys.push(...(page as string[]));
  return [...new Set(keys)];
}

/** What was given out and not settled, or still waits. Empty when every message has come to its end. */
export async function leftOver(redis: Redis, prefix: string): Promise<string[]> {
  const found: string[] = [];
  const note = (count: number, what: string): void => {
    if (count > 0) found.push(`${count} ${what}`);
  };
  const [pending] = await redis.xpending(`${prefix}orders`, 'getting-started');
  note(Number(pending), 'entries of "orders" pending');
  note(await redis.llen(`${prefix}jobs:email`), 'jobs waiting');
  note(await redis.zcard(`${prefix}jobs:email:delayed`), 'jobs delayed');
  for (const key of await keysOf(redis, `${prefix}jobs:email:processing:`))
    note(await redis.llen(key), 'jobs in progress');
  return found;
}

export async function deleteKeys(redis: Redis, prefix: string): Promise<void> {
  const keys = await keysOf(redis, prefix);
  if (keys.length > 0) await redis.unlink(...keys);
}
