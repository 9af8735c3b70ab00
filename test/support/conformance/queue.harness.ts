import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { OnQueue } from 'nestjs-redis-flow';
import { MECHANISMS } from '../../../lib/mechanisms/index.js';
import type { DeadLetterRecord, ForeignMessage, MechanismHarness } from './harness.js';

const BYTES = Buffer.from([0xff, 0x00, 0xfe, 0x80]);

const foreign: readonly ForeignMessage[] = [
  {
    name: 'JSON',
    put: (redis, queue) => redis.lpush(queue, '{"to":"zoë","nested":{"n":[1,null]}}'),
    arrives: { to: 'zoë', nested: { n: [1, null] } },
  },
  { name: 'text that is not JSON', put: (redis, queue) => redis.lpush(queue, 'hello, world'), arrives: 'hello, world' },
  { name: 'an empty text', put: (redis, queue) => redis.lpush(queue, ''), arrives: '' },
  { name: 'bytes that are not UTF-8', put: (redis, queue) => redis.lpush(queue, BYTES), arrives: BYTES },
];

/** `$rf1 <id> <attempts> <timestamp> <length of the headers>\n<headers><payload>` */
function toDeadLetter(item: Buffer): DeadLetterRecord {
  const start = item.indexOf(0x0a) + 1;
  const line = item.toString('latin1', 0, start).trim().split(' ');
  const payloadStart = start + Number(line[4]);
  return {
    payload: item.subarray(payloadStart),
    headers: JSON.parse(item.toString('utf8', start, payloadStart)) as Record<string, string>,
  };
}

async function inProcess(redis: Redis, queue: string): Promise<number> {
  const lists = [...(await redis.keys(`${queue}:taken:*`)), ...(await redis.keys(`${queue}:processing:*`))];
  const lengths = await Promise.all(lists.map((list) => redis.llen(list)));
  return lengths.reduce((sum, length) => sum + length, 0);
}

export const queueHarness: MechanismHarness = {
  kind: 'queue',
  capabilities: MECHANISMS.queue.capabilities,
  foreign,
  decorator(targets, settings) {
    const { group: _, onGroupMissing: __, ...options } = settings;
    return OnQueue(targets, options);
  },
  publish: (publisher, target, messages) => publisher.enqueueMany(target, messages),
  inject: (redis, target, payload) =>
    redis.lpush(target, Buffer.concat([Buffer.from(`$rf1 ${randomUUID()} 0 ${Date.now()} 0\n`), payload])),
  unsettled: async (redis, target) => (await inProcess(redis, target)) + (await redis.zcard(`${target}:delayed`)),
  async deadLetters(redis, target) {
    const items = await redis.lrangeBuffer(`${target}:dlq`, 0, -1);
    return items.toReversed().map(toDeadLetter);
  },
};
