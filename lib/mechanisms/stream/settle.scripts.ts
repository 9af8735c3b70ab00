import { Script } from '../../connection/index.js';
import { FORGET, NOW, OWNED, PARK_ONE, WRITTEN } from './lua.js';

export { SETTLED } from '../held/settled.js';

/**
 * Parks entries of ours: each becomes claimable by anyone after its delay, with the starts of its handler counted.
 *
 * KEYS: stream, due times, what is in progress · ARGV: group, consumer, lease ms, then id, delay ms, delivery count and
 * mark (or nothing) of each · returns one of `SETTLED` for each.
 */
export const PARK = new Script(`${NOW}${OWNED}${PARK_ONE}${FORGET}
local lease = tonumber(ARGV[3])
local settled = {}
for i = 4, #ARGV, 4 do
  local id, n = ARGV[i], #settled + 1
  if redis.call('XRANGE', KEYS[1], id, id)[1] == nil then
    settled[n] = (owned(id) or gone(id)) and 2 or 0
  elseif owned(id) then
    park(id, tonumber(ARGV[i + 1]), ARGV[i + 2], lease)
    if ARGV[i + 3] ~= '' then forget(ARGV[i + 3], id) end
    settled[n] = 1
  else
    settled[n] = 0
  end
end
return settled
`);

/**
 * Writes a dead letter and acknowledges the entry. The write comes first: where Redis refuses it, the script ends there
 * and the entry stays pending. The last field's value is a JSON object, which gets the time of the end.
 *
 * KEYS: stream, dead letters, the note that it is written, what is in progress · ARGV: group, consumer, id, mark or nothing, the header for
 * the time, the fence (`ours`: only while the entry is pending for us; `gone`: also where it is in nobody's pending list and not in the
 * stream any more; `none`), then the dead letter's fields · returns one of `SETTLED`.
 */
export const DEAD_LETTER = new Script(`${NOW}${OWNED}${FORGET}${WRITTEN}
local id, isHeld = ARGV[3], ARGV[6] == 'ours'
if not isHeld and isWritten() then return 1 end
if ARGV[6] ~= 'none' and not owned(id) and not (ARGV[6] == 'gone' and gone(id)) then return 0 end
ARGV[#ARGV] = string.sub(ARGV[#ARGV], 1, -2) .. ',"' .. ARGV[5] .. '":"' .. string.format('%.0f', now) .. '"}'
redis.call('XADD', KEYS[2], '*', unpack(ARGV, 7))
if not isHeld then written() end
redis.call('XACK', KEYS[1], ARGV[1], id)
if ARGV[4] ~= '' then forget(ARGV[4], id) end
return 1
`);

/**
 * Acknowledges an entry of ours, also one that is gone from the stream, and forgets that it was in progress.
 *
 * KEYS: stream, what is in progress · ARGV: group, consumer, id, mark or nothing · returns one of `SETTLED`.
 */
export const LET_GO = new Script(`${OWNED}${FORGET}
local id = ARGV[3]
if not owned(id) and not gone(id) then return 0 end
redis.call('XACK', KEYS[1], ARGV[1], id)
if ARGV[4] ~= '' then forget(ARGV[4], id) end
return 1
`);

/** Acknowledges entries of ours. KEYS: stream · ARGV: group, consumer, ids · returns the ids that are not ours. */
export const ACK_OURS = new Script(`${OWNED}
local lost = {}
for i = 3, #ARGV do
  if owned(ARGV[i]) then redis.call('XACK', KEYS[1], ARGV[1], ARGV[i]) else lost[#lost + 1] = ARGV[i] end
end
return lost
`);
