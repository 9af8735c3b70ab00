import { type Argument, Script } from '../../connection/index.js';
import { EVEN_WHEN_FULL } from '../held/even-when-full.lua.js';
import { PULL } from './item.lua.js';

/**
 * Takes jobs into the consumer's own list, the first one leftmost.
 *
 * KEYS: queue, taken · ARGV: most jobs to take, order · returns the items, the first one first.
 */
export const TAKE = new Script(`${EVEN_WHEN_FULL}${PULL}
return pull(KEYS[1], KEYS[2], tonumber(ARGV[1]), ARGV[2] ~= 'lifo')
`);

/**
 * Removes jobs that are done, and notes that the handlers of others are started, before they are: they move from what is
 * taken to the processing list. Started in the order in which they were taken they need only be counted, and so do those
 * that are done and were started before all others: the oldest and the newest of them show that they are still there.
 *
 * KEYS: processing, taken · ARGV: how many are started in order, how many starts are named, how many are done in order, the
 * oldest and the newest of these, the items of the named starts, and then the items of others that are done · returns the
 * places among the latter, from 1, of those that are not ours; 0 where those that were counted are not as they should be,
 * and still there as far as they are ours.
 */
export const PROGRESS = new Script(`${EVEN_WHEN_FULL}${PULL}
local named, counted, lost = tonumber(ARGV[2]), tonumber(ARGV[3]), {}
if counted > 0 then
  if redis.call('LINDEX', KEYS[1], 0) == ARGV[4] and redis.call('LINDEX', KEYS[1], counted - 1) == ARGV[5] then
    redis.call('LTRIM', KEYS[1], counted, -1)
  else
    lost[1] = 0
  end
end
for i = named + 6, #ARGV do
  local item = ARGV[i]
  if redis.call('LREM', KEYS[1], 1, item) == 0 and redis.call('LREM', KEYS[2], 1, item) == 0 then
    lost[#lost + 1] = i - named - 5
  end
end
pull(KEYS[2], KEYS[1], tonumber(ARGV[1]), false)
for i = 6, named + 5 do
  if redis.call('LPOS', KEYS[2], ARGV[i]) then
    redis.call('RPUSH', KEYS[1], ARGV[i])
    redis.call('LREM', KEYS[2], 1, ARGV[i])
  end
end
return lost
`);

/** What `PROGRESS` is told. */
export interface ProgressFacts {
  /** How many are started, in the order in which they were taken. */
  readonly inOrder?: number;
  /** The items of others that are started. */
  readonly named?: readonly Buffer[];
  /** How many are done that lie before all others, and the ends of their row. */
  readonly counted?: { readonly count: number; readonly oldest: Buffer; readonly newest: Buffer } | undefined;
  /** The items of others that are done. */
  readonly acked?: readonly Buffer[];
}

export function progressArgs({ inOrder = 0, named = [], counted, acked = [] }: ProgressFacts): Argument[] {
  const { count = 0, oldest = '', newest = '' } = counted ?? {};
  return [inOrder, named.length, count, oldest, newest, ...named, ...acked];
}
