import { Script } from '../../connection/index.js';

/**
 * Appends an entry to a history and publishes the same message with the entry's id in front.
 *
 * KEYS: history · ARGV: the channel, how many entries the history keeps, the message after its opening brace, then the
 * entry's fields · returns the id, and how many subscribers got the message.
 *
 * PUBLISH can only be refused for want of a permission, which is asked for before anything is written.
 */
export const NOTIFY = new Script(`
if not redis.acl_check_cmd('PUBLISH', ARGV[1], '') then
  return redis.error_reply('NOPERM No permissions to publish on the channel; nothing was written')
end
local id = redis.pcall('XADD', KEYS[1], 'MAXLEN', ARGV[2], '*', unpack(ARGV, 4))
if type(id) == 'table' then return id end
return { id, redis.call('PUBLISH', ARGV[1], '{"$id":"' .. id .. '",' .. ARGV[3]) }
`);
