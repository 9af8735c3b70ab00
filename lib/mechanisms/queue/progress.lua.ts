/**
 * `forgetStrays(progress, consumer, held)`: takes back what a consumer has noted as in progress, but for the idempotency keys
 * that it holds. A field is `<id> <hash> <consumer>`, and a name may have spaces.
 */
export const FORGET_STRAYS = `
local function forgetStrays(progress, consumer, held)
  local fields = redis.call('HGETALL', progress)
  for i = 1, #fields, 2 do
    if not held[fields[i]] and string.match(fields[i + 1], '^%S+ %S* (.*)$') == consumer then
      redis.call('HDEL', progress, fields[i])
    end
  end
end
`;
