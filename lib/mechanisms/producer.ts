import type { RedisConnection } from '../connection/index.js';
import type { Codec } from '../message/index.js';

/** What every producer works with. */
export interface ProducerRequest {
  readonly connection: RedisConnection;
  readonly codec: Codec;
}

/** One command: its name, then its arguments. */
export type Command = readonly [name: string, ...args: (string | number | Buffer)[]];

/**
 * Sends commands in one round trip and gives their replies in order.
 *
 * @throws the first error, when one of them failed; the others have been carried out.
 */
export async function sendAll(connection: RedisConnection, commands: readonly Command[]): Promise<unknown[]> {
  const client = await connection.command();
  const [only, ...more] = commands;
  if (only === undefined) return [];
  if (more.length === 0) return [await client.call(...only)];
  return Promise.all(commands.map((command) => client.call(...command)));
}
