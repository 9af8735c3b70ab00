import { type RedisConnection, replyCode } from '../connection/index.js';

/** What Redis' WRONGTYPE leaves out: which key it is, and what it holds. */
class WrongTypeError extends Error {
  /** So that it is still taken for what Redis has answered. */
  override readonly name = 'ReplyError';
}

/** @returns the failure, with key and type where it is a WRONGTYPE. */
export async function explainWrongType(
  failure: unknown,
  connection: RedisConnection,
  key: string,
  wanted: 'stream' | 'queue',
): Promise<unknown> {
  if (replyCode(failure) !== 'WRONGTYPE') return failure;
  const client = await connection.command();
  const type = await client.type(key);
  const needed = wanted === 'stream' ? 'a stream' : 'a list';
  return new WrongTypeError(`WRONGTYPE the key "${key}" holds a ${type}, not ${needed}`, { cause: failure });
}
