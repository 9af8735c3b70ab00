import { Script } from '../../connection/index.js';
import { DELAY } from './delay.script.js';

/**
 * Puts jobs into a queue and into its delayed set: all of them or none.
 *
 * KEYS: queue, delayed · ARGV: the number of jobs without a delay, these, then delay ms and job of each of the others.
 *
 * Redis undoes nothing by itself. It can refuse the first push and the first delayed job, and no later one, as these are
 * the same command on the same key; what has been pushed is taken back then.
 */
export const ENQUEUE = new Script(`${DELAY}
local last = 1 + ARGV[1]
for from = 2, last, 5000 do
  local pushed = redis.pcall('LPUSH', KEYS[1], unpack(ARGV, from, math.min(from + 4999, last)))
  if type(pushed) == 'table' then return pushed end
end
local ok, refusal = pcall(function()
  for i = last + 1, #ARGV, 2 do delay(KEYS[2], ARGV[i + 1], ARGV[i]) end
end)
if ok then return 0 end
if last > 1 then redis.call('LTRIM', KEYS[1], last - 1, -1) end
return type(refusal) == 'table' and refusal or redis.error_reply(refusal)
`);

/**
 * Puts a job into a queue that holds so many at most. What is too much falls out at the other end.
 *
 * KEYS: queue · ARGV: LPUSH or RPUSH, the most jobs, the job · returns how many fell out.
 */
export const ENQUEUE_CAPPED = new Script(`
local length, most = redis.pcall(ARGV[1], KEYS[1], ARGV[3]), tonumber(ARGV[2])
if type(length) == 'table' then return length end
if length <= most then return 0 end
if ARGV[1] == 'LPUSH' then
  redis.call('LTRIM', KEYS[1], 0, most - 1)
else
  redis.call('LTRIM', KEYS[1], -most, -1)
end
return length - most
`);
