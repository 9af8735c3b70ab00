import { Script } from '../../connection/index.js';
import { NOW, OWNED, PARKED, UP_TO } from './lua.js';

/**
 * Renews the lease of entries, without counting a delivery.
 *
 * KEYS: stream · ARGV: group, consumer, ids · returns the ids that belong to others or are settled,
 * and the ids that are in nobody's pending list and not in the stream any more.
 */
export const HEARTBEAT = new Script(`${OWNED}
local taken, trimmed = {}, {}
for i = 3, #ARGV do
  local id = ARGV[i]
  if owned(id) then
    -- What is not in the stream any more leaves the pending list by this.
    if #redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'JUSTID') == 0 then trimmed[#trimmed + 1] = id end
  elseif gone(id) then
    trimmed[#trimmed + 1] = id
  else
    taken[#taken + 1] = id
  end
end
return {taken, trimmed}
`);

/**
 * Takes over what is claimable: parked entries that are due, and entries that others have shown no sign of life for
 * during a lease. Of those, the ones whose handler had been started may have ended their process; they are taken one by
 * one. Nothing here counts as a delivery.
 *
 * KEYS: stream, due times, how far consumers have started · ARGV: group, consumer, lease ms, most entries, most suspects · returns the entries as {id,
 * fields, delivery count, 1 for a suspect}, the ids of those that were trimmed, and 1 where there may be more.
 */
export const CLAIM = new Script(`${NOW}${UP_TO}
local stream, group, me, lease = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local free, suspects = tonumber(ARGV[4]), tonumber(ARGV[5])
local entries, lost, more = {}, {}, 0

local function take(id, deliveries, suspect)
  local entry = redis.call('XCLAIM', stream, group, me, lease, id, 'RETRYCOUNT', deliveries)[1]
  if entry then
    entries[#entries + 1] = {id, entry[2], deliveries, suspect}
  else
    lost[#lost + 1] = id
    redis.call('XACK', stream, group, id)
  end
end

local function each(consumer, visit)
  local start = '-'
  for _ = 1, 20 do
    local rows = redis.call('XPENDING', stream, group, 'IDLE', lease, start, '+', 100, consumer)
    for _, row in ipairs(rows) do
      if not visit(row[1], row[4]) then return end
    end
    if #rows < 100 then return end
    start = '(' .. rows[100][1]
  end
end

local function parked(id, deliveries)
  local due = tonumber(redis.call('ZSCORE', KEYS[2], id) or 0)
  if due > now then
    redis.call('XCLAIM', stream, group, '${PARKED}', 0, id, 'IDLE', math.max(0, lease - (due - now)), 'JUSTID')
    return true
  end
  if free == 0 then
    more = 1
    return false
  end
  if due > 0 then redis.call('ZREM', KEYS[2], id) end
  free = free - 1
  take(id, deliveries, 0)
  return true
end

local started
local function left(id, deliveries)
  if deliveries == 1 and started and upTo(id, started) then deliveries = 2 end
  if free == 0 then
    more = 1
    return false
  end
  if deliveries == 1 then
    free = free - 1
    take(id, deliveries, 0)
    return true
  end
  more = 1
  if suspects > 0 then
    suspects = suspects - 1
    free = free - 1
    take(id, deliveries, 1)
  end
  return true
end

each('${PARKED}', parked)
for _, row in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
  local name, pending = row[2], row[4]
  if name ~= me and name ~= '${PARKED}' and pending > 0 then
    started = redis.call('HGET', KEYS[3], name)
    each(name, left)
  end
end
return {entries, lost, more}
`);

/**
 * Takes entries of ours off our hands that we do not know of: replies that were lost, and what a process of the same name
 * has left. They become claimable at once. Those whose handler had been started go to a name of their own, as suspects.
 *
 * KEYS: stream · ARGV: group, consumer, lease ms, name for suspects, then ids and delivery counts.
 */
export const DISOWN = new Script(`${OWNED}
for i = 5, #ARGV, 2 do
  if owned(ARGV[i]) then
    local deliveries = tonumber(ARGV[i + 1])
    local owner = deliveries > 1 and ARGV[4] or '${PARKED}'
    redis.call('XCLAIM', KEYS[1], ARGV[1], owner, 0, ARGV[i], 'IDLE', ARGV[3], 'RETRYCOUNT', deliveries, 'JUSTID')
  end
end
`);
