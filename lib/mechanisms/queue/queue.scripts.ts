import { Script } from '../../connection/index.js';

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/**
 * Where a job that comes back is put so that it is taken next: the end that consumers take from.
 * ARGV[1] is the order of the queue in every script that uses it.
 */
const FRONT = `
local front = ARGV[1] == 'lifo' and 'LPUSH' or 'RPUSH'
`;

/**
 * Renews the lease of a consumer, by Redis' clock.
 *
 * KEYS: consumers · ARGV: consumer, lease ms, 1 to join · returns 1, or 0 where its lease had run out.
 */
export const RENEW = new Script(`${NOW}
local expires = redis.call('ZSCORE', KEYS[1], ARGV[1])
if ARGV[3] ~= '1' and (not expires or tonumber(expires) <= now) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
return 1
`);

/** KEYS: consumers · returns the names of the consumers whose lease has run out. */
export const EXPIRED = new Script(`${NOW}
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 16)
`);

/**
 * Puts the jobs of an expired consumer back to the front of the queue, oldest first, each with its attempt counted.
 *
 * KEYS: consumers, its processing list, queue · ARGV: order, consumer, then one new id for each job that it may move (a
 * foreign job has none yet) · returns how many it moved; fewer than ids means that all are back.
 */
export const RECOVER = new Script(`${NOW}${FRONT}
local expires = redis.call('ZSCORE', KEYS[1], ARGV[2])
if not expires or tonumber(expires) > now then return 0 end
local newest = ARGV[1] ~= 'lifo'
for i = 3, #ARGV do
  local item = redis.call('LINDEX', KEYS[2], newest and 0 or -1)
  if not item then
    redis.call('ZREM', KEYS[1], ARGV[2])
    return i - 3
  end
  local id, attempts, rest = string.match(item, '^%$rf1 (%S+) (%d+) (%d+ %d+)\\n')
  local moved
  if id then
    local line = string.len('$rf1 ' .. id .. ' ' .. attempts .. ' ' .. rest .. '\\n')
    moved = '$rf1 ' .. id .. ' ' .. (attempts + 1) .. ' ' .. rest .. '\\n' .. string.sub(item, line + 1)
  else
    moved = '$rf1 ' .. ARGV[i] .. ' 1 0 0\\n' .. item
  end
  redis.call(front, KEYS[3], moved)
  redis.call(newest and 'LPOP' or 'RPOP', KEYS[2])
end
return #ARGV - 2
`);

/**
 * Moves a job out of the processing list into a list: the dead letters, or back to the front of the queue. Written first,
 * and only while it is there to be moved.
 *
 * KEYS: processing list, list · ARGV: order, the item as it is, as it shall be · returns 1, or 0 where it is not there.
 */
export const MOVE = new Script(`${FRONT}
if not redis.call('LPOS', KEYS[1], ARGV[2]) then return 0 end
redis.call(front, KEYS[2], ARGV[3])
redis.call('LREM', KEYS[1], 1, ARGV[2])
return 1
`);

/**
 * Moves a job out of the processing list into the delayed set.
 *
 * KEYS: processing list, delayed · ARGV: the item as it is, as it shall be, delay ms · returns 1, or 0 where it is not there.
 */
export const DELAY = new Script(`${NOW}
if not redis.call('LPOS', KEYS[1], ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[2], now + ARGV[3], ARGV[2])
redis.call('LREM', KEYS[1], 1, ARGV[1])
return 1
`);

/**
 * Moves delayed jobs that are due to the front of the queue, so that the earliest is taken first.
 *
 * KEYS: delayed, queue · ARGV: order, most jobs to move · returns the ms until the next is due, -1 where none waits.
 */
export const PROMOTE = new Script(`${NOW}${FRONT}
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[2])
for i = #due, 1, -1 do
  redis.call(front, KEYS[2], due[i])
  redis.call('ZREM', KEYS[1], due[i])
end
local next = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if not next[2] then return -1 end
return math.max(0, next[2] - now)
`);

/**
 * Takes a consumer off the books that holds nothing.
 *
 * KEYS: consumers, its processing list · ARGV: consumer · returns 1, or 0 where it still holds something.
 */
export const LEAVE = new Script(`
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
return redis.call('ZREM', KEYS[1], ARGV[1])
`);
