import { Script } from '../../connection/index.js';
import { UP_TO } from './lua.js';

/**
 * Counts what was deleted before the group has read it, and puts the group's count of entries read past it, so that each
 * loss is found once, by whoever looks first. A loss can be told where nothing of what is there has been read, or all:
 * in between, newer servers have counted as read what the group was read past, and older ones keep it for the end.
 *
 * KEYS: stream · ARGV: group, consumer · returns how many are lost.
 */
export const FIND_LOSS = new Script(`${UP_TO}
local function record(flat)
  local facts = {}
  for i = 1, #flat, 2 do facts[flat[i]] = flat[i + 1] end
  return facts
end

local group
for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local facts = record(info)
  if facts['name'] == ARGV[1] then group = facts end
end
if not group or not group['entries-read'] then return 0 end
local stream = record(redis.call('XINFO', 'STREAM', KEYS[1]))
local delivered = group['last-delivered-id']
local left
if upTo(stream['last-generated-id'], delivered) then left = 0
elseif stream['length'] == 0 or not upTo(stream['recorded-first-entry-id'], delivered) then left = stream['length']
else return 0 end
local passed = stream['entries-added'] - left
local lost = passed - group['entries-read']
if lost <= 0 then return 0 end
redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], delivered, 'ENTRIESREAD', string.format('%.0f', passed))
return lost
`);
