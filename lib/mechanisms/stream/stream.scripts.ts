import { Script } from '../../connection/index.js';

/**
 * Sets how long ago an entry of ours was last touched, and how often it counts as delivered: it parks the entry until it
 * becomes claimable, or hands it back. An entry that is not ours any more stays as it is.
 *
 * KEYS: stream · ARGV: group, consumer, id, idle ms, delivery count · returns 1, or 0 where it is not ours.
 */
export const PARK = new Script(`
if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1, ARGV[2]) == 0 then return 0 end
redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[3], 'IDLE', ARGV[4], 'RETRYCOUNT', ARGV[5], 'JUSTID')
return 1
`);

/**
 * Takes an entry of ours up again, whatever its idle time.
 *
 * KEYS: stream · ARGV: group, consumer, id, delivery count · returns the entries as XCLAIM does, none where it is not ours.
 */
export const TAKE_UP = new Script(`
if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1, ARGV[2]) == 0 then return {} end
return redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[3], 'RETRYCOUNT', ARGV[4])
`);

/**
 * Writes a dead letter and acknowledges the entry. The write comes first: where Redis refuses it, the script ends there
 * and the entry stays pending.
 *
 * KEYS: stream, dead letters · ARGV: group, consumer, id, then the dead letter's fields · returns 1, or 0 where it is not ours.
 */
export const DEAD_LETTER = new Script(`
if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1, ARGV[2]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', unpack(ARGV, 4))
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
return 1
`);

/**
 * Renews the lease of entries, without counting a delivery. Those that are not ours any more are left alone.
 *
 * KEYS: stream · ARGV: group, consumer, then ids · returns the ids that are not ours.
 */
export const HEARTBEAT = new Script(`
local lost = {}
for i = 3, #ARGV do
  if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1, ARGV[2]) == 0 then
    lost[#lost + 1] = ARGV[i]
  else
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'JUSTID')
  end
end
return lost
`);

/**
 * Removes a consumer that owns nothing. In one script, as it would lose what it was given in between.
 *
 * KEYS: stream · ARGV: group, consumer · returns 1, or 0 where it still owns something.
 */
export const LEAVE = new Script(`
if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) > 0 then return 0 end
redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
return 1
`);
