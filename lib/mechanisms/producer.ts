import type { RedisClient, RedisConnection, Script } from '../connection/index.js';
import type { Codec } from '../message/index.js';

/** What every producer works with. */
export interface ProducerRequest {
  readonly connection: RedisConnection;
  readonly codec: Codec;
}

/** What a command takes after its name. */
export type Argument = string | number | Buffer;

/** One command: its name, then its arguments. */
export type Command = readonly [name: string, ...args: Argument[]];

/**
 * Sends one command and gives its reply. Where Redis is there it is sent at once, so that what is asked for in one tick
 * keeps its order and can leave in one write.
 */
export function send(connection: RedisConnection, [name, ...args]: Command): Promise<unknown> {
  return withClient(connection, (client) => client.call(name, args));
}

/** Runs a script, at once where Redis is there. Strings in the reply come as bytes. */
export function runScript(
  connection: RedisConnection,
  script: Script,
  keys: readonly string[],
  args: readonly Argument[],
): Promise<unknown> {
  return withClient(connection, (client) => script.run(client, keys, args));
}

/**
 * Sends commands in one round trip and gives their replies in order.
 *
 * @throws the first error, when one of them failed; the others have been carried out.
 */
export async function sendAll(connection: RedisConnection, commands: readonly Command[]): Promise<unknown[]> {
  if (commands.length === 0) return [];
  return withClient(connection, (client) => Promise.all(commands.map(([name, ...args]) => client.call(name, args))));
}

function withClient<T>(connection: RedisConnection, use: (client: RedisClient) => Promise<T>): Promise<T> {
  const client = connection.commandNow();
  return client === undefined ? connection.command().then(use) : use(client);
}
