import { Script } from '../../connection/index.js';
import { OWNED } from './lua.js';

/** Reads the writes, and refuses those of which that can be told before anything is done. */
const READ = `
local count, writes, cuts, messages = 0, {}, {}, {}
local function refusal(words, at)
  if words > 7000 then return 'ERR more than 7000 words in one command of a transaction' end
  local write = {unpack(ARGV, at + 1, at + words)}
  local name = string.upper(write[1])
  local isMessage = name == 'PUBLISH' or name == 'SPUBLISH'
  if isMessage and words ~= 3 then return 'ERR wrong number of arguments for a message to a channel' end
  local keys = isMessage and {} or redis.pcall('COMMAND', 'GETKEYS', unpack(write))
  if keys.err then return keys.err end
  if not redis.acl_check_cmd(unpack(write)) then return 'NOPERM this user may not do that' end
  if isMessage then
    messages[#messages + 1] = write
    return
  end
  if name == 'XADD' and string.upper(write[3]) == 'MAXLEN' and tonumber(write[4]) then
    cuts[#cuts + 1] = {'XTRIM', write[2], 'MAXLEN', table.remove(write, 4)}
    table.remove(write, 3)
  end
  writes[#writes + 1] = {index = count, name = name, words = write, keys = keys}
end
local at = 7
while at <= #ARGV do
  local words = tonumber(ARGV[at])
  count = count + 1
  local why = refusal(words, at)
  if why then return {count, why} end
  at = at + words + 1
end
`;

/**
 * Puts the appends and pushes that Redis will not refuse behind all other writes: they need no way back. Those are left
 * in their place that a later write of another kind follows on the same key.
 */
const SORT = `
local holds = {XADD = 'stream', LPUSH = 'list', RPUSH = 'list'}
local first, last, later, touched = {}, {}, {}, {}
for n = #writes, 1, -1 do
  local write = writes[n]
  local adds = holds[write.name] and (write.name ~= 'XADD' or write.words[3] == '*')
  if adds and not later[write.words[2]] then
    write.isLast = true
  else
    for _, key in ipairs(write.keys) do later[key] = true end
  end
end
for _, write in ipairs(writes) do
  if not write.isLast then first[#first + 1] = write end
end
for _, write in ipairs(writes) do
  if write.isLast and later[write.words[2]] then
    first[#first + 1] = write
  elseif write.isLast then
    local kind = redis.pcall('TYPE', write.words[2])
    if kind.err then return {write.index, kind.err} end
    if kind.ok ~= 'none' and kind.ok ~= holds[write.name] then
      return {write.index, 'WRONGTYPE Operation against a key holding the wrong kind of value'}
    end
    last[#last + 1] = write
  end
end
`;

/** `keepAll(write)`: keeps the keys that a write touches. `back`: the steps that put them back, to be gone last one first. */
const KEEP = `
local back, kept = {}, {}
local function keep(key)
  if kept[key] or (redis.call('MEMORY', 'USAGE', key, 'SAMPLES', 1) or 0) > 1048576 then return end
  kept[key] = true
  local dump, ttl = redis.call('DUMP', key), redis.call('PTTL', key)
  back[#back + 1] = function()
    redis.call('DEL', key)
    if dump then redis.call('RESTORE', key, math.max(0, ttl), dump) end
  end
end
local function keepAll(write)
  for _, key in ipairs(write.keys) do keep(key) end
end
`;

/**
 * Applies writes, marks the entry as done where it has a mark, and acknowledges it: all of that or nothing.
 *
 * Redis does not roll a script back. So every write is looked at first: unknown commands, wrong numbers of arguments and
 * missing permissions are known before anything is done. Of those that can still be refused the keys are kept as they are,
 * to be put back when a later one is; only a key that takes more than a megabyte is not kept. Then come the appends and
 * pushes, whose keys have the right type, and last what cannot be taken back: cuts of the streams that were appended to,
 * and messages to channels.
 *
 * KEYS: stream, then what is in progress and the mark, or neither · ARGV: group, consumer, id, the fence (`ours`: only
 * while the entry is pending for us; `gone`: also where it is in nobody's pending list and not in the stream any more),
 * window ms, hash, then for each write how many words it has, and these · returns 1, or 0 where the
 * entry is not ours, 2 where its key was done meanwhile, or the index of the write that was refused and why.
 */
export const COMMIT = new Script(`${OWNED}
local id, mark = ARGV[3], KEYS[3]
if not owned(id) and not (ARGV[4] == 'gone' and gone(id)) then return 0 end
if mark and redis.call('EXISTS', mark) == 1 then
  redis.call('XACK', KEYS[1], ARGV[1], id)
  return 2
end
${READ}${SORT}${KEEP}
for n, write in ipairs(first) do
  if n < #first then keepAll(write) end
  local reply = redis.pcall(unpack(write.words))
  if type(reply) == 'table' and reply.err then
    for step = #back, 1, -1 do back[step]() end
    return {write.index, reply.err}
  end
end
for _, write in ipairs(last) do redis.call(unpack(write.words)) end
if mark then
  redis.call('SET', mark, id .. ' ' .. ARGV[6], 'PX', ARGV[5])
  redis.call('HDEL', KEYS[2], mark)
end
redis.call('XACK', KEYS[1], ARGV[1], id)
for _, cut in ipairs(cuts) do redis.pcall(unpack(cut)) end
for _, message in ipairs(messages) do redis.pcall(unpack(message)) end
return 1
`);
