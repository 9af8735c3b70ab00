/** `forget(name, id)`: takes back the note in the last of KEYS that this message is in progress with an idempotency key. */
export const FORGET = `
local function forget(name, id)
  local value = redis.call('HGET', KEYS[#KEYS], name)
  if value and string.sub(value, 1, #id + 1) == id .. ' ' then redis.call('HDEL', KEYS[#KEYS], name) end
end
`;
