import type { Redis } from 'ioredis';
import { GROUP } from '../keys.js';
import { fillByScript, fillScript } from './fill-by-script.js';
import type { Medium } from './medium.interface.js';

const SCRIPT = fillScript(`'XADD', KEYS[1], '*', '$data', body`);

async function verifyGroup(redis: Redis, stream: string, count: number): Promise<void> {
  const groups = (await redis.xinfo('GROUPS', stream)) as unknown[][];
  const group = groups.find((each) => each.includes(GROUP)) ?? [];
  const read = group[group.indexOf('entries-read') + 1];
  if (read !== count) throw new Error(`the group has read ${String(read)} of ${count} entries`);
}

/** A stream. Its entries are the same for the library and for anyone else. */
export const stream: Medium = {
  isLive: false,
  fill: ({ redis }, key, span) => fillByScript(redis, SCRIPT, key, span),
  received: (redis, key) => redis.xlen(key),
  left: async (redis, key) => Number((await redis.xpending(key, GROUP))[0]),
  // Done marks outlive their messages: that is what they are for.
  mayKeep: (key, name) => name === key || name.startsWith(`${key}:once:`),
  verify: verifyGroup,
};
