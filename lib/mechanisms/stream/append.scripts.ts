import { Script } from '../../connection/index.js';
import { DATA_FIELD, HEADERS_FIELD } from '../../message/index.js';

/**
 * Appends an entry, unless it is known already, and deletes what is too old by Redis' clock.
 *
 * KEYS: stream, and with dedupe what remembers its key · ARGV: the highest age in ms or '', the highest number of entries
 * or '', the window in ms or '', the payload's digest or '', the id, then the fields · returns the entry's id; where it is
 * known, the id of the first and the digest that this one came with.
 *
 * An id of the caller's that is older than the age is refused: its entry would be gone at once. What XADD says no to is
 * passed on as it is, and nothing has been written then.
 */
export const APPEND = new Script(`
local known = KEYS[2] and redis.call('GET', KEYS[2])
if known then return known end
local id
if ARGV[1] == '' then
  id = redis.pcall('XADD', KEYS[1], unpack(ARGV, 5))
else
  local now = redis.call('TIME')
  local oldest = math.max(0, now[1] * 1000 + math.floor(now[2] / 1000) - ARGV[1])
  local time = tonumber(string.match(ARGV[5], '^%d+'))
  if time and time < oldest then
    return redis.error_reply('ERR the id ' .. ARGV[5] .. ' is older than maxAge; its entry would be trimmed at once')
  end
  id = redis.pcall('XADD', KEYS[1], 'MINID', string.format('%.0f', oldest), unpack(ARGV, 5))
end
if type(id) == 'table' then return id end
if ARGV[2] ~= '' then redis.call('XTRIM', KEYS[1], 'MAXLEN', ARGV[2]) end
if KEYS[2] then redis.call('SET', KEYS[2], id .. ' ' .. ARGV[4], 'PX', ARGV[3]) end
return id
`);

/**
 * Appends entries in order, and ends at the first one that Redis refuses.
 *
 * KEYS: stream · ARGV: 1, then the payloads of entries that have nothing else; or 3, then id, payload and headers (or '')
 * of each · returns the ids, separated by spaces, as one string is read faster than many; where one was refused an array
 * of the ids before it and the error.
 */
export const APPEND_MANY = new Script(`
local ids, step = {}, tonumber(ARGV[1])
for i = 2, #ARGV, step do
  local id
  if step == 1 then
    id = redis.pcall('XADD', KEYS[1], '*', '${DATA_FIELD}', ARGV[i])
  elseif ARGV[i + 2] == '' then
    id = redis.pcall('XADD', KEYS[1], ARGV[i], '${DATA_FIELD}', ARGV[i + 1])
  else
    id = redis.pcall('XADD', KEYS[1], ARGV[i], '${DATA_FIELD}', ARGV[i + 1], '${HEADERS_FIELD}', ARGV[i + 2])
  end
  if type(id) == 'table' then return { table.concat(ids, ' '), id } end
  ids[#ids + 1] = id
end
return table.concat(ids, ' ')
`);
