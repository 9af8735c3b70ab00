import type { RedisConnection } from '../connection/index.js';

/** The longest that a start waits for an answer of Redis, in ms. */
const LONGEST = 5_000;

/** Resolves when `started` does, or when Redis is known to be away: the application does not wait for it. */
export async function startedOrAway(started: Promise<void>, connection: RedisConnection): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LONGEST)));
  await Promise.race([started, connection.state.whenDown(), late]).finally(() => clearTimeout(timer));
}
