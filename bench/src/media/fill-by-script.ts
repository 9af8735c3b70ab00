import type { Redis } from 'ioredis';
import { jsonAround } from '../message.js';
import type { Span } from './medium.interface.js';

/** A script that makes messages. KEYS: stream, list or channel · ARGV: first number, last number, JSON before the number, JSON after it. */
export const fillScript = (call: string): string => `
for n = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  local body = ARGV[3] .. string.format('%d', n) .. ARGV[4]
  redis.call(${call})
end`;

/** Makes messages inside Redis: plain JSON, or what `wrap` makes of it. */
export async function fillByScript(
  redis: Redis,
  script: string,
  key: string,
  { first, last, bytes }: Span,
  wrap: (json: string) => string = (json) => json,
): Promise<void> {
  const [before, after] = jsonAround(bytes);
  const [wrappedBefore = '', wrappedAfter = ''] = wrap(`${before}\n${after}`).split('\n');
  await redis.eval(script, 1, key, first, last, wrappedBefore, wrappedAfter);
}
