import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** An entry's id and its fields by name. */
export interface PlainEntry {
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Names and values that come in turn. */
export function pairsOf(flat: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1]]] : [])));
}

/** All entries of a stream, as they lie in Redis. */
export async function entriesOf(redis: Redis, key: string): Promise<PlainEntry[]> {
  const entries = await redis.xrange(key, '-', '+');
  return entries.map(([id, fields]) => ({ id, fields: pairsOf(fields) as Record<string, string> }));
}

/** How many entries a group has been given and has not settled. */
export async function pendingOf(redis: Redis, key: string, group: string): Promise<number> {
  const [pending] = await redis.xpending(key, group);
  return Number(pending);
}

/** Resolves with true when a group has been given every entry and has settled it, with false after `timeout` ms. */
export async function whenSettled(redis: Redis, key: string, group: string, timeout: number): Promise<boolean> {
  const until = Date.now() + timeout;
  while (!(await hasSettled(redis, key, group))) {
    if (Date.now() > until) return false;
    await sleep(25);
  }
  return true;
}

async function hasSettled(redis: Redis, key: string, group: string): Promise<boolean> {
  const stream = pairsOf((await redis.xinfo('STREAM', key)) as unknown[]);
  const groups = ((await redis.xinfo('GROUPS', key)) as unknown[][]).map((facts) => pairsOf(facts));
  const own = groups.find(({ name }) => name === group);
  return own?.['last-delivered-id'] === stream['last-generated-id'] && own?.['pending'] === 0;
}

/** Deletes all keys of a run. */
export async function deleteKeys(redis: Redis, prefix: string): Promise<void> {
  for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 500 }))
    if ((keys as string[]).length > 0) await redis.unlink(...(keys as string[]));
}
