/**
 * `isWritten()`: whether a dead letter is there already, as the reply to its write was lost. `written()`: notes that it is,
 * for an hour. Only for messages that nobody holds: of any other its end says so. The note's key is the last but one of KEYS.
 */
export const WRITTEN = `
local function isWritten()
  return redis.call('EXISTS', KEYS[#KEYS - 1]) == 1
end
local function written()
  redis.call('SET', KEYS[#KEYS - 1], '', 'PX', 3600000)
end
`;
