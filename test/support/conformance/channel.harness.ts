import { OnChannel } from 'nestjs-redis-flow';
import { MECHANISMS } from '../../../lib/mechanisms/index.js';
import type { ForeignMessage, MechanismHarness } from './harness.js';

const BYTES = Buffer.from([0xff, 0x00, 0xfe, 0x80]);

const foreign: readonly ForeignMessage[] = [
  { name: 'JSON', put: (redis, channel) => redis.publish(channel, '{"to":"zoë"}'), arrives: { to: 'zoë' } },
  { name: 'text that is not JSON', put: (redis, channel) => redis.publish(channel, '{"to":'), arrives: '{"to":' },
  { name: 'an empty text', put: (redis, channel) => redis.publish(channel, ''), arrives: '' },
  { name: 'bytes that are not UTF-8', put: (redis, channel) => redis.publish(channel, BYTES), arrives: BYTES },
];

/** More than any case publishes at once. */
const BUFFER = 10_000;

export const channelHarness: MechanismHarness = {
  kind: 'channel',
  capabilities: MECHANISMS.channel.capabilities,
  foreign,
  decorator: (targets, { concurrency = 1, timeout }) =>
    OnChannel(targets, { concurrency, buffer: BUFFER, ...(timeout === undefined ? {} : { timeout }) }),
  publish: (publisher, target, messages) => publisher.publishMany(target, messages),
  inject: (redis, target, payload) =>
    redis.publish(target, JSON.stringify({ $base64: payload.toString('base64'), $headers: {} })),
  unsettled: () => Promise.resolve(0),
  deadLetters: () => Promise.resolve([]),
};
