import { Script } from '../../connection/index.js';

/**
 * Appends a request, if there is somebody to read it.
 *
 * KEYS: stream · ARGV: group, the longest that a living consumer is silent in ms, then the fields · returns the entry's
 * id, or nil where nobody reads. A stream or group that is not there has nobody.
 */
export const APPEND_REQUEST = new Script(`
local consumers = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])
if consumers.err then
  if string.find(consumers.err, '^NOGROUP') or string.find(consumers.err, 'no such key') then return false end
  return consumers
end
for _, row in ipairs(consumers) do
  if row[6] <= tonumber(ARGV[2]) then return redis.call('XADD', KEYS[1], '*', unpack(ARGV, 3)) end
end
return false
`);

/** KEYS: stream, for the node whose clock it is · returns Redis' time in ms since 1970. */
export const NOW = new Script(`
local now = redis.call('TIME')
return now[1] * 1000 + math.floor(now[2] / 1000)
`);
