import { Script } from '../../connection/index.js';

/**
 * Makes a group and, where it is missing, its stream. Redis is told how many entries lie before its start, so that it
 * can count what the group reads.
 *
 * KEYS: stream, what an earlier group of that name may have left · ARGV: group, where it starts · returns OK, or Redis'
 * error.
 */
export const CREATE = new Script(`
local read = {}
if ARGV[2] == '0' or ARGV[2] == '$' then
  local info = redis.call('EXISTS', KEYS[1]) == 1 and redis.call('XINFO', 'STREAM', KEYS[1]) or {}
  local facts = {}
  for i = 1, #info, 2 do facts[info[i]] = info[i + 1] end
  local added = facts['entries-added'] or 0
  read = {'ENTRIESREAD', ARGV[2] == '$' and added or added - (facts['length'] or 0)}
end
local made = redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], ARGV[2], 'MKSTREAM', unpack(read))
redis.call('DEL', unpack(KEYS, 2))
return made
`);

/**
 * Removes a consumer that owns nothing. In one script, as it would lose what it was given in between.
 *
 * KEYS: stream, how far consumers have started · ARGV: group, consumer · returns 1, or 0 where it still owns something.
 */
export const LEAVE = new Script(`
if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) > 0 then return 0 end
redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
redis.call('HDEL', KEYS[2], ARGV[2])
return 1
`);

/**
 * Removes consumers that own nothing and have not been seen for a while. A living one that is removed by mistake is
 * made again by its next read.
 *
 * KEYS: stream, how far consumers have started · ARGV: group, ms without a sign of life · returns their names.
 */
export const REAP = new Script(`
local gone = {}
for _, row in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  if row[4] == 0 and row[6] > tonumber(ARGV[2]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], row[2])
    redis.call('HDEL', KEYS[2], row[2])
    gone[#gone + 1] = row[2]
  end
end
return gone
`);
