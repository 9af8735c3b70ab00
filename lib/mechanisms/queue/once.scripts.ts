import { Script } from '../../connection/index.js';
import { DELAY } from './delay.script.js';
import { EVEN_WHEN_FULL } from '../held/even-when-full.lua.js';
import { FORGET_STRAYS } from './progress.lua.js';

/** How long a job waits that came while another was in progress with its idempotency key, in ms. */
const WAIT = 1_000;

/**
 * Notes that jobs are in progress, and sorts out those whose idempotency key is taken. A mark, `<id> <hash>`, says for as
 * long as the window that its key is done. A field of the hash of what is in progress, `<id> <hash> <consumer>`, says the
 * same of a job that is not done yet; it goes with the job, and where the consumer dies with the recovery of its jobs.
 *
 * KEYS: processing, taken, delayed, the mark of each job, what is in progress · ARGV: consumer, then id, idempotency key,
 * hash, item, a new line for it and how many bytes that takes the place of, for each · returns one of `BEGUN` for each.
 */
export const BEGIN = new Script(`${DELAY}
local progress, names = KEYS[#KEYS], {}
for i = 3, #ARGV, 6 do names[#names + 1] = ARGV[i] end
local done = redis.call('MGET', unpack(KEYS, 4, #KEYS - 1))
local running = redis.call('HMGET', progress, unpack(names))
local begun, mine = {}, {}
for n, name in ipairs(names) do
  local at = n * 6 - 4
  local id, hash, item = ARGV[at], ARGV[at + 2], ARGV[at + 3]
  local known = done[n] or mine[name] or running[n]
  local payload = known and string.match(known, '^%S+ (%S*)')
  if not redis.call('LPOS', KEYS[2], item) then
    -- It is somebody else's by now, and so is its key.
    begun[n] = 3
  elseif not known then
    mine[name] = id .. ' ' .. hash .. ' ' .. ARGV[1]
    redis.call('HSET', progress, name, mine[name])
    begun[n] = 0
  elseif payload ~= hash then
    begun[n] = 2
  elseif done[n] then
    redis.call('LREM', KEYS[2], 1, item)
    begun[n] = 1
  else
    delay(KEYS[3], ARGV[at + 4] .. string.sub(item, ARGV[at + 5] + 1), ${WAIT})
    redis.call('LREM', KEYS[2], 1, item)
    begun[n] = 3
  end
end
return begun
`);

/**
 * Takes back what a consumer has noted of jobs that it does not hold: the reply to `BEGIN` was lost.
 *
 * KEYS: processing, taken, what is in progress · ARGV: consumer, then the idempotency keys of what it holds.
 */
export const TAKE_BACK = new Script(`${EVEN_WHEN_FULL}${FORGET_STRAYS}
local held = {}
for i = 2, #ARGV do held[ARGV[i]] = true end
forgetStrays(KEYS[3], ARGV[1], held)
`);

/**
 * Marks jobs of ours as done and removes them.
 *
 * KEYS: processing, taken, the mark of each job, what is in progress · ARGV: window ms, then id, idempotency key, hash and
 * item of each · returns the places, from 1, of those that are not ours.
 */
export const FINISH = new Script(`
local lost = {}
for i = 2, #ARGV, 4 do
  local n = (i + 2) / 4
  local item = ARGV[i + 3]
  if redis.call('LREM', KEYS[1], 1, item) == 1 or redis.call('LREM', KEYS[2], 1, item) == 1 then
    redis.call('SET', KEYS[n + 2], ARGV[i] .. ' ' .. ARGV[i + 2], 'PX', ARGV[1])
    redis.call('HDEL', KEYS[#KEYS], ARGV[i + 1])
  else
    lost[#lost + 1] = n
  end
end
return lost
`);
