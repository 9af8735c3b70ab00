import { type RedisConnection, Script } from '../../connection/index.js';
import { runScript } from '../producer.js';
import { queueKeys } from './queue-keys.js';

/** How many jobs of a queue are where. */
export interface QueueCounts {
  /** Waiting to be taken. */
  readonly depth: number;
  /** Taken by a consumer that has not started its handler for them. */
  readonly taken: number;
  /** With a handler that was started and has not settled them. */
  readonly processing: number;
  /** Waiting for a retry, or for the end of their delay. */
  readonly delayed: number;
  /** Given up, and kept in the dead letters. */
  readonly dead: number;
}

/**
 * KEYS: queue, delayed, dead letters, consumers · ARGV: what the keys of the lists of a consumer begin with, for what it has
 * taken and for what it has started · returns the numbers in the order of `QueueCounts`.
 *
 * Whose lists there are only the script learns. They are in the slot of the queue, whatever the name of the consumer.
 */
const COUNT = new Script(`
local taken, processing = 0, 0
for _, name in ipairs(redis.call('ZRANGE', KEYS[4], 0, -1)) do
  taken = taken + redis.call('LLEN', ARGV[1] .. name)
  processing = processing + redis.call('LLEN', ARGV[2] .. name)
end
return { redis.call('LLEN', KEYS[1]), taken, processing, redis.call('ZCARD', KEYS[2]), redis.call('LLEN', KEYS[3]) }
`);

/** Counts the jobs of a queue, all at the same moment and in one round trip. @throws what Redis says to it. */
export async function countJobs(connection: RedisConnection, queue: string): Promise<QueueCounts> {
  const { keys } = connection;
  const own = queueKeys(keys, queue);
  const names = [own.queue, own.delayed, own.deadLetters, own.consumers];
  const args = [keys.derived(queue, 'taken:'), own.processing('')];
  const [depth = 0, taken = 0, processing = 0, delayed = 0, dead = 0] = (await runScript(
    connection,
    COUNT,
    names,
    args,
  )) as number[];
  return { depth, taken, processing, delayed, dead };
}
