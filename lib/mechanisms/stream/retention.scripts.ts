import { Script } from '../../connection/index.js';
import { NOW, UP_TO } from './lua.js';

/**
 * Trims what every group has finished, and every reader with a checkpoint.
 *
 * KEYS: stream, checkpoints · returns 1 where it is a reader that more is kept for than for the groups, else 0.
 */
export const TRIM_ACKED = new Script(`${UP_TO}
local function after(id)
  local ms, seq = parts(id)
  return string.format('%.0f-%.0f', ms, seq + 1)
end

local keep
local function need(id)
  if not keep or upTo(id, keep) then keep = id end
end
for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local facts = {}
  for i = 1, #info, 2 do facts[info[i]] = info[i + 1] end
  if facts['pending'] > 0 then need(redis.call('XPENDING', KEYS[1], facts['name'])[2]) end
  need(after(facts['last-delivered-id']))
end
local forGroups = keep
for _, id in ipairs(redis.call('HVALS', KEYS[2])) do need(after(id)) end
if keep then redis.call('XTRIM', KEYS[1], 'MINID', keep) end
return keep == forGroups and 0 or 1
`);

/** Trims entries that are too old by Redis' clock. KEYS: stream · ARGV: ms · returns how many were deleted. */
export const TRIM_OLD = new Script(`${NOW}
return redis.call('XTRIM', KEYS[1], 'MINID', string.format('%.0f', math.max(0, now - ARGV[1])))
`);
