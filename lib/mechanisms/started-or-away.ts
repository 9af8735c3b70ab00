import type { RedisConnection } from '../connection/index.js';
import { within } from './within.js';

/** The longest that a start waits for an answer of Redis, in ms. */
const LONGEST = 5_000;

/** Resolves when `started` does, or when Redis is known to be away: the application does not wait for it. */
export async function startedOrAway(started: Promise<void>, connection: RedisConnection): Promise<void> {
  await within(Promise.race([started, connection.state.whenDown()]), LONGEST);
}
