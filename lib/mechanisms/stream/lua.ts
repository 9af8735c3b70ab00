/** The consumer that parked entries belong to: retries, what was handed back, what a lost reply had in it. */
export const PARKED = '$parked';

export { FORGET } from '../held/forget.lua.js';
export { WRITTEN } from '../held/written.lua.js';
export { NOW } from '../redis-time.js';

/**
 * `owned(id)`: whether an entry is pending for the consumer. `gone(id)`: whether nobody has it and it is not in the
 * stream any more. The stream is KEYS[1], group and consumer are ARGV[1] and ARGV[2].
 */
export const OWNED = `
local function owned(id)
  return #redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1, ARGV[2]) > 0
end
local function gone(id)
  return #redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1) == 0
    and #redis.call('XRANGE', KEYS[1], id, id) == 0
end
`;

/** `upTo(a, b)`: whether the id a is not higher than the id b. */
export const UP_TO = `
local function parts(id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)')
  return tonumber(ms), tonumber(seq)
end
local function upTo(a, b)
  local ams, aseq = parts(a)
  local bms, bseq = parts(b)
  return ams < bms or (ams == bms and aseq <= bseq)
end
`;

/** `park(id, delay, deliveries, lease)`: makes an entry claimable after `delay` ms. KEYS[2] is the sorted set of due times. */
export const PARK_ONE = `
local function park(id, delay, deliveries, lease)
  local idle = lease - delay
  if idle < 0 then
    redis.call('ZADD', KEYS[2], now + delay, id)
    idle = 0
  end
  redis.call('XCLAIM', KEYS[1], ARGV[1], '${PARKED}', 0, id, 'IDLE', idle, 'RETRYCOUNT', deliveries, 'JUSTID')
end
`;
