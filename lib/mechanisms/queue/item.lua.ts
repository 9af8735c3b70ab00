/**
 * `recovered(item, id)`: the item of a handler that never came to an end, with that start counted. A foreign item gets
 * the id. What is an item of ours is decided as in `message/queue-item.ts`.
 */
export const RECOVERED = `
local function recovered(item, id)
  local own, attempts, rest, time, size = string.match(item, '^%$rf1 ([!-~]+) (%d+)!? ((%d+) (%d+))\\n')
  local line = own and string.find(item, '\\n', 1, true)
  if not own or #own > 128 or #attempts > 9 or #time > 15 or #size > 15 or line > 256 or line + size > #item then
    return '$rf1 ' .. id .. ' 1! 0 0\\n' .. item
  end
  return '$rf1 ' .. own .. ' ' .. string.format('%.0f', attempts + 1) .. '! ' .. rest .. '\\n' .. string.sub(item, line + 1)
end
`;

/**
 * `pull(from, to, count, fromRight)`: moves items from one list to the right of another, and gives them in the order in
 * which they were moved: from the right, or else from the left. Written first, and removed then. At the right, as there
 * Redis has to move nothing aside for them.
 */
export const PULL = `
local function pull(from, to, count, fromRight)
  if count < 1 then return {} end
  local found = fromRight and redis.call('LRANGE', from, -count, -1) or redis.call('LRANGE', from, 0, count - 1)
  local n = #found
  if n == 0 then return found end
  local moved = found
  if fromRight then
    moved = {}
    for i = n, 1, -1 do moved[n - i + 1] = found[i] end
  end
  for i = 1, n, 1000 do redis.call('RPUSH', to, unpack(moved, i, math.min(i + 999, n))) end
  if fromRight then redis.call('LTRIM', from, 0, -n - 1) else redis.call('LTRIM', from, n, -1) end
  return moved
end
`;

/**
 * The fence. `holder(item)`: which of the consumer's own lists an item is in, `KEYS[1]` (its handler was started) or
 * `KEYS[2]` (not yet); nothing where it is not the consumer's any more. What comes to its end lies at the left.
 */
export const HOLDER = `
local function holder(item)
  for i = 1, 2 do
    if redis.call('LPOS', KEYS[i], item) then return KEYS[i] end
  end
end
`;
