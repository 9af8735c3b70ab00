import { execFileSync } from 'node:child_process';
import { redisUrl } from './redis.js';

const PING = `
  const { ping } = await import(process.argv[1]);
  await ping(new URL(process.argv[2]));
`;
const TOOL = new URL('../../tools/redis/ping.mjs', import.meta.url).href;

/**
 * Holds this process up for `ms` at least, and until Redis has answered another one, and so whatever it was asked before.
 * Nothing else runs here meanwhile.
 */
export function holdUpUntilAnswered(ms = 0): void {
  const until = performance.now() + ms;
  execFileSync(process.execPath, ['--input-type=module', '--eval', PING, TOOL, redisUrl()]);
  while (performance.now() < until);
}
