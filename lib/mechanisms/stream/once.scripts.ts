import { Script } from '../../connection/index.js';
import { NOW, OWNED, PARKED, PARK_ONE } from './lua.js';

/** What is known of an entry's idempotency key before its handler starts. */
export const BEGUN = {
  /** It is in progress now, with this entry. */
  run: 0,
  /** It was done before: the entry is acknowledged. */
  duplicate: 1,
  /** It was used with another payload. */
  conflict: 2,
  /** Another entry is in progress with it: this one is parked until that one's lease ends, or for a second. */
  busy: 3,
} as const;

/**
 * Notes that entries are in progress, and sorts out those whose idempotency key is taken. A mark, `<id> <hash>`, says for
 * as long as the window that its key is done. A field of the hash of what is in progress says the same of an entry that
 * is not done yet; it counts for as long as that entry shows signs of life in the pending list.
 *
 * KEYS: stream, due times, what is in progress, then the mark of each entry · ARGV: group, consumer, lease ms, then id,
 * idempotency key, hash and delivery count of each · returns one of `BEGUN` for each.
 */
export const BEGIN = new Script(`${NOW}${PARK_ONE}
local lease = tonumber(ARGV[3])
local names = {}
for i = 5, #ARGV, 4 do names[#names + 1] = ARGV[i] end
local done = redis.call('MGET', unpack(KEYS, 4))
local progress = redis.call('HMGET', KEYS[3], unpack(names))

local function remaining(id)
  local row = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)[1]
  if not row or row[2] == '${PARKED}' then return 0 end
  return math.max(0, lease - row[3])
end

local begun, running, mine = {}, {}, {}
for n, name in ipairs(names) do
  local at = n * 4
  local id, hash = ARGV[at], ARGV[at + 2]
  local known = done[n] or mine[name] or progress[n]
  local other, payload
  if known then other, payload = string.match(known, '^(%S+) (%S*)$') end
  local left = known and not done[n] and other ~= id and remaining(other) or 0
  if known and payload ~= hash and (done[n] or left > 0) then
    begun[n] = 2
  elseif done[n] then
    redis.call('XACK', KEYS[1], ARGV[1], id)
    begun[n] = 1
  elseif left > 0 then
    park(id, math.min(left, 1000), ARGV[at + 3], lease)
    begun[n] = 3
  else
    mine[name] = id .. ' ' .. hash
    running[#running + 1] = name
    running[#running + 1] = mine[name]
    begun[n] = 0
  end
end
if #running > 0 then redis.call('HSET', KEYS[3], unpack(running)) end
return begun
`);

/**
 * Marks entries of ours as done and acknowledges them, also those that were trimmed meanwhile.
 *
 * KEYS: stream, what is in progress, then the mark of each entry · ARGV: group, consumer, window ms, 1 where the lease is
 * certainly held, then id, idempotency key and hash of each · returns the ids that are not ours.
 */
export const FINISH = new Script(`${OWNED}
local certain = ARGV[4] == '1'
local ids, names, lost = {}, {}, {}
for i = 5, #ARGV, 3 do
  local id = ARGV[i]
  if certain or owned(id) or gone(id) then
    redis.call('SET', KEYS[(i - 5) / 3 + 3], id .. ' ' .. ARGV[i + 2], 'PX', ARGV[3])
    ids[#ids + 1] = id
    names[#names + 1] = ARGV[i + 1]
  else
    lost[#lost + 1] = id
  end
end
if #ids > 0 then
  redis.call('XACK', KEYS[1], ARGV[1], unpack(ids))
  redis.call('HDEL', KEYS[2], unpack(names))
end
return lost
`);
