import type { Redis } from 'ioredis';

/** How often Redis has executed each command since it started, in scripts too: `xreadgroup`, `client|setname`, … */
export async function callsOf(redis: Redis): Promise<ReadonlyMap<string, number>> {
  const info = await redis.info('commandstats');
  const lines = [...info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)];
  return new Map(lines.map(([, command = '', calls]) => [command, Number(calls)]));
}
