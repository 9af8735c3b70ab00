import { Script } from '../../connection/index.js';
import { FORGET } from '../held/forget.lua.js';
import { WRITTEN } from '../held/written.lua.js';
import { NOW } from '../redis-time.js';
import { DELAY } from './delay.script.js';
import { EVEN_WHEN_FULL } from '../held/even-when-full.lua.js';
import { HOLDER } from './item.lua.js';

// KEYS of all of them: processing, taken, the key that is written to, what is in progress. They write first, and only where
// the job is still ours; they return one of `SETTLED`.

/**
 * Moves jobs of ours into a list, in this order.
 *
 * ARGV: LPUSH or RPUSH, then of each its item, a new line for it and how many bytes that takes the place of (or nothing
 * twice, to leave it as it is), its idempotency key (or nothing) and its id · returns one of `SETTLED` for each.
 */
export const MOVE = new Script(`${EVEN_WHEN_FULL}${HOLDER}${FORGET}
local settled = {}
for i = 2, #ARGV, 5 do
  local item = ARGV[i]
  local list = holder(item)
  settled[#settled + 1] = list and 1 or 0
  if list then
    redis.call(ARGV[1], KEYS[3], ARGV[i + 1] == '' and item or ARGV[i + 1] .. string.sub(item, ARGV[i + 2] + 1))
    redis.call('LREM', list, 1, item)
    if ARGV[i + 3] ~= '' then forget(ARGV[i + 3], ARGV[i + 4]) end
  end
end
return settled
`);

/**
 * Moves a job into the delayed set.
 *
 * ARGV: its item, a new line for it and how many bytes that takes the place of, delay ms, its idempotency key (or nothing)
 * and its id.
 */
export const RETRY = new Script(`${EVEN_WHEN_FULL}${DELAY}${HOLDER}${FORGET}
local item = ARGV[1]
local list = holder(item)
if not list then return 0 end
delay(KEYS[3], ARGV[2] .. string.sub(item, ARGV[3] + 1), ARGV[4])
redis.call('LREM', list, 1, item)
if ARGV[5] ~= '' then forget(ARGV[5], ARGV[6]) end
return 1
`);

/**
 * Writes a dead letter: its line and its headers, which get the time of the end, take the place of those before. KEYS has
 * the note that it is written before what is in progress.
 *
 * ARGV: its item, `ours` or, where Redis has let go of it already, `none`, the line up to the length of the headers, the
 * headers' JSON, the header for the time, how many bytes all that takes the place of, the idempotency key (or nothing) and
 * the id.
 */
export const DEAD_LETTER = new Script(`${NOW}${HOLDER}${FORGET}${WRITTEN}
local item, isHeld = ARGV[1], ARGV[2] == 'ours'
if not isHeld and isWritten() then return 1 end
local list = isHeld and holder(item)
if isHeld and not list then return 0 end
local headers = string.sub(ARGV[4], 1, -2) .. ',"' .. ARGV[5] .. '":"' .. string.format('%.0f', now) .. '"}'
redis.call('LPUSH', KEYS[3], ARGV[3] .. #headers .. '\\n' .. headers .. string.sub(item, ARGV[6] + 1))
if isHeld then redis.call('LREM', list, 1, item) else written() end
if ARGV[7] ~= '' then forget(ARGV[7], ARGV[8]) end
return 1
`);

/** Removes a job and frees its idempotency key. ARGV: its item, its idempotency key and its id. */
export const LET_GO = new Script(`${EVEN_WHEN_FULL}${HOLDER}${FORGET}
local list = holder(ARGV[1])
if not list then return 0 end
redis.call('LREM', list, 1, ARGV[1])
forget(ARGV[2], ARGV[3])
return 1
`);
