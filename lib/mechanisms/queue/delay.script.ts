import { NOW } from '../redis-time.js';

/**
 * For scripts. Brings `now`, the milliseconds by Redis' clock, and
 *
 * `delay(delayed, item, ms)`: puts an item into a queue's delayed set (`<queue>:delayed`), due in `ms`. Where none is due
 * earlier, the queue's consumers are woken: `PUBLISH <delayed> <ms>`. The item must have an id of its own, as two equal
 * members of a sorted set are one. That nobody may be told (ACL) does no harm: consumers look by themselves as well.
 */
export const DELAY = `${NOW}
local function delay(delayed, item, ms)
  local due = now + ms
  local first = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')[2]
  redis.call('ZADD', delayed, due, item)
  if not first or due < tonumber(first) then redis.pcall('PUBLISH', delayed, ms) end
end
`;
