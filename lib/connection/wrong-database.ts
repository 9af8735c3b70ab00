import type { RedisClient } from './client-inside.js';

/** What ioredis says of the command that an error answers. */
interface Answered {
  readonly command?: { readonly name?: string };
}

/**
 * Ends a client's connection on which Redis has refused the database, and connects anew: ioredis would go on in database 0
 * (`redis/event_handler.js`), and so would write to somebody else's keys.
 */
export function keepToDatabase(client: RedisClient): void {
  client.on('error', (error: Answered | undefined) => {
    if (error?.command?.name === 'select') client.disconnect(true);
  });
}
