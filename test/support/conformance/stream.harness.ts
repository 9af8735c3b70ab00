import { OnStream } from 'nestjs-redis-flow';
import { MECHANISMS } from '../../../lib/mechanisms/index.js';
import type { DeadLetterRecord, ForeignMessage, MechanismHarness } from './harness.js';

const BYTES = Buffer.from([0xff, 0x00, 0xfe, 0x80]);

const foreign: readonly ForeignMessage[] = [
  {
    name: 'plain fields',
    put: (redis, stream) => redis.xadd(stream, '*', 'to', 'zoë', 'amount', '12', 'empty', ''),
    arrives: { to: 'zoë', amount: '12', empty: '' },
  },
  {
    name: 'a field that is not UTF-8',
    put: (redis, stream) => redis.xadd(stream, '*', 'bytes', BYTES),
    arrives: { bytes: BYTES },
  },
];

function fieldsOf(fields: readonly Buffer[]): Map<string, Buffer> {
  const map = new Map<string, Buffer>();
  for (let index = 0; index + 1 < fields.length; index += 2)
    map.set(String(fields[index]), fields[index + 1] as Buffer);
  return map;
}

function toDeadLetter(fields: readonly Buffer[]): DeadLetterRecord {
  const map = fieldsOf(fields);
  return {
    payload: map.get('$data') ?? Buffer.alloc(0),
    headers: JSON.parse(String(map.get('$headers') ?? '{}')) as Record<string, string>,
  };
}

export const streamHarness: MechanismHarness = {
  kind: 'stream',
  capabilities: MECHANISMS.stream.capabilities,
  foreign,
  decorator: (targets, settings) => OnStream(targets, settings),
  publish: (publisher, target, messages) => publisher.appendMany(target, messages),
  inject: (redis, target, payload) => redis.xadd(target, '*', '$data', payload),
  async unsettled(redis, target, group) {
    const [pending] = await redis.xpending(target, group);
    return Number(pending);
  },
  async deadLetters(redis, target) {
    const entries = await redis.xrangeBuffer(`${target}:dlq`, '-', '+');
    return entries.map(([, fields]) => toDeadLetter(fields));
  },
};
