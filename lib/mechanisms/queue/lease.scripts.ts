import { Script } from '../../connection/index.js';
import { NOW } from '../redis-time.js';
import { EVEN_WHEN_FULL } from '../held/even-when-full.lua.js';
import { RECOVERED } from './item.lua.js';
import { FORGET_STRAYS } from './progress.lua.js';

/** Where a job that comes back is put so that it is taken next: the end that consumers take from. ARGV[1] is the order. */
const FRONT = `
local front = ARGV[1] == 'lifo' and 'LPUSH' or 'RPUSH'
`;

/** Enters a consumer. KEYS: consumers · ARGV: consumer, lease ms. */
export const JOIN = new Script(`${EVEN_WHEN_FULL}${NOW}
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
`);

/**
 * Renews a consumer's lease, by Redis' clock; moves delayed jobs that are due to the front of the queue, so that the
 * earliest is taken first; and looks who is gone.
 *
 * KEYS: consumers, delayed, queue · ARGV: order, consumer, lease ms, most jobs to move · returns 1 or, where its lease had
 * run out, 0; the ms until the next job is due, or -1; and who else's lease has run out.
 */
export const TEND = new Script(`${EVEN_WHEN_FULL}${NOW}${FRONT}
local expires = redis.call('ZSCORE', KEYS[1], ARGV[2])
local renewed = expires and tonumber(expires) > now
if renewed then redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[2]) end
local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, ARGV[4])
if #due > 0 then
  local latestFirst = {}
  for i = #due, 1, -1 do latestFirst[#latestFirst + 1] = due[i] end
  redis.call(front, KEYS[3], unpack(latestFirst))
  redis.call('ZREM', KEYS[2], unpack(due))
end
local next = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]
local gone = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 16)
return { renewed and 1 or 0, next and math.max(0, next - now) or -1, gone }
`);

/**
 * Puts the jobs of a consumer whose lease has run out back to the front of the queue, oldest first. Those whose handlers
 * were started get that start counted, the others stay as they are.
 *
 * KEYS: its processing list, its list of what is taken, consumers, queue, what is in progress · ARGV: order, consumer, a new
 * id (foreign jobs get one made of it), most jobs to move · returns how many it moved; fewer than that means that all are back.
 */
export const RECOVER = new Script(`${EVEN_WHEN_FULL}${NOW}${FRONT}${RECOVERED}${FORGET_STRAYS}
local expires = redis.call('ZSCORE', KEYS[3], ARGV[2])
if not expires or tonumber(expires) > now then return 0 end
local moved, most = 0, tonumber(ARGV[4])
for i = 2, 1, -1 do
  local item = redis.call('LINDEX', KEYS[i], -1)
  while item do
    if moved == most then return moved end
    if i == 1 then item = recovered(item, ARGV[3] .. '-' .. moved) end
    redis.call(front, KEYS[4], item)
    redis.call('RPOP', KEYS[i])
    moved = moved + 1
    item = redis.call('LINDEX', KEYS[i], -1)
  end
end
redis.call('ZREM', KEYS[3], ARGV[2])
forgetStrays(KEYS[5], ARGV[2], {})
return moved
`);

/**
 * Takes a consumer off the books that holds nothing.
 *
 * KEYS: its processing list, its list of what is taken, consumers · ARGV: consumer.
 */
export const LEAVE = new Script(`
if redis.call('EXISTS', KEYS[1], KEYS[2]) == 0 then redis.call('ZREM', KEYS[3], ARGV[1]) end
`);
