import { Script } from '../../connection/index.js';
import { EVEN_WHEN_FULL, PULL } from './item.lua.js';

/**
 * Takes jobs into the consumer's own list, the first one rightmost.
 *
 * KEYS: queue, taken · ARGV: most jobs to take, order · returns the items, the first one first.
 */
export const TAKE = new Script(`${EVEN_WHEN_FULL}${PULL}
return pull(KEYS[1], KEYS[2], tonumber(ARGV[1]), ARGV[2] ~= 'lifo')
`);

/**
 * Removes jobs that are done, and notes that the handlers of others are started, before they are: they move from what is
 * taken to the processing list. Started in the order in which they were taken they need only be counted.
 *
 * KEYS: processing, taken · ARGV: how many are started in order, how many are named, the items of these, and then the items
 * of those that are done · returns the places among the latter, from 1, of those that are not ours.
 */
export const PROGRESS = new Script(`${EVEN_WHEN_FULL}${PULL}
local named, lost = tonumber(ARGV[2]), {}
for i = named + 3, #ARGV do
  local item = ARGV[i]
  if redis.call('LREM', KEYS[1], -1, item) == 0 and redis.call('LREM', KEYS[2], -1, item) == 0 then
    lost[#lost + 1] = i - named - 2
  end
end
pull(KEYS[2], KEYS[1], tonumber(ARGV[1]), true)
for i = 3, named + 2 do
  if redis.call('LPOS', KEYS[2], ARGV[i], 'RANK', -1) then
    redis.call('LPUSH', KEYS[1], ARGV[i])
    redis.call('LREM', KEYS[2], -1, ARGV[i])
  end
end
return lost
`);
