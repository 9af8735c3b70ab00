import { type RedisConnection, replyCode } from '../connection/index.js';

/** What Redis' WRONGTYPE leaves out: which key it is, and what it holds. */
class WrongTypeError extends Error {
  /** So that it is still taken for what Redis has answered. */
  override readonly name = 'ReplyError';
}

/** Keys, and what each has to hold where it is there: as Redis' TYPE calls it. */
export type KeyTypes = Readonly<Record<string, 'stream' | 'list' | 'zset' | 'hash'>>;

/** @returns the failure, with key and type where it is a WRONGTYPE. */
export async function explainWrongType(
  failure: unknown,
  connection: RedisConnection,
  keyTypes: KeyTypes,
): Promise<unknown> {
  if (replyCode(failure) !== 'WRONGTYPE') return failure;
  const client = await connection.command();
  for (const [key, wanted] of Object.entries(keyTypes)) {
    const type = await client.type(key);
    if (type !== wanted && type !== 'none')
      return new WrongTypeError(`WRONGTYPE the key "${key}" holds a ${type}, not a ${wanted}`, { cause: failure });
  }
  return failure;
}
