import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { callsOf } from '../commandstats.js';

/** The command that asks Redis for its counts. */
const OWN = 'info';

/** Watches for `ms`. @returns how often Redis executed each command meanwhile, if it did. */
export async function watchCommands(redis: Redis, ms: number): Promise<ReadonlyMap<string, number>> {
  const before = await callsOf(redis);
  await sleep(ms);
  const executed = new Map<string, number>();
  for (const [command, calls] of await callsOf(redis)) {
    const count = calls - (before.get(command) ?? 0);
    if (count > 0 && command !== OWN) executed.set(command, count);
  }
  return executed;
}
