import { Script } from '../../connection/index.js';
import { OWNED, PARKED } from './lua.js';

/** The marks of keys that are done. KEYS: stream, then marks · returns what is in them, or nothing. */
export const DONE = new Script(`return redis.call('MGET', unpack(KEYS, 2))`);

/**
 * Notes that entries are in progress, and sorts out those whose idempotency key is taken. A mark, `<id> <hash>`, says for
 * as long as the window that its key is done. What is in progress is a hash from the mark's key to `<id> <hash> <consumer>`:
 * it counts for as long as that entry shows signs of life in the pending list.
 *
 * KEYS: stream, what is in progress, then the mark of each entry · ARGV: group, consumer, lease ms, then id and hash of
 * each · returns one of `BEGUN` for each, or, negative, for how many ms another entry may still be in progress with its
 * key, a second at most.
 */
export const BEGIN = new Script(`
local group, consumer, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
local done = redis.call('MGET', unpack(KEYS, 3))
local progress = redis.call('HMGET', KEYS[2], unpack(KEYS, 3))

local function remaining(id)
  local row = redis.call('XPENDING', KEYS[1], group, id, id, 1)[1]
  if not row or row[2] == '${PARKED}' then return 0 end
  return math.max(0, lease - row[3])
end

local begun, running, mine = {}, {}, {}
for n = 1, #KEYS - 2 do
  local mark, id, hash = KEYS[n + 2], ARGV[n * 2 + 2], ARGV[n * 2 + 3]
  local known = done[n] or mine[mark] or progress[n]
  local state = 0
  if known then
    local other, payload = string.match(known, '^(%S+) (%S*)')
    local left = not done[n] and other ~= id and remaining(other) or 0
    if payload ~= hash and (done[n] or left > 0) then
      state = 2
    elseif done[n] then
      redis.call('XACK', KEYS[1], group, id)
      state = 1
    else
      state = -math.min(left, 1000)
    end
  end
  if state == 0 then
    mine[mark] = id .. ' ' .. hash .. ' ' .. consumer
    running[#running + 1] = mark
    running[#running + 1] = mine[mark]
  end
  begun[n] = state
end
if #running > 0 then redis.call('HSET', KEYS[2], unpack(running)) end
return begun
`);

/**
 * Marks entries of ours as done and acknowledges them, also those that were trimmed meanwhile.
 *
 * KEYS: stream, what is in progress, then the mark of each entry · ARGV: group, consumer, window ms, `certain` where the
 * lease is certainly held, then id and hash of each · returns the ids that are not ours.
 */
export const FINISH = new Script(`${OWNED}
local window, certain = ARGV[3], ARGV[4] == 'certain'
local ids, marks, lost = {}, {}, {}
for n = 3, #KEYS do
  local id = ARGV[n * 2 - 1]
  if certain or owned(id) or gone(id) then
    redis.call('SET', KEYS[n], id .. ' ' .. ARGV[n * 2], 'PX', window)
    ids[#ids + 1] = id
    marks[#marks + 1] = KEYS[n]
  else
    lost[#lost + 1] = id
  end
end
if #ids > 0 then
  redis.call('XACK', KEYS[1], ARGV[1], unpack(ids))
  redis.call('HDEL', KEYS[2], unpack(marks))
end
return lost
`);
