import { OptionNotAvailableError } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { moduleRefusal, refusalOf } from './refused.js';

class MyAckPolicy {
  readonly timing = 'after';
}
class MyRetryPolicy {
  decide(): object {
    return { retryAfter: 5 };
  }
}

const ACK = 'allowed for now: "after".';
const RETRY = 'allowed for now: { attempts, backoff, fatal, retryable } or false.';
const LATER = 'is not available yet in this version;';

type Case = [kind: 'channel' | 'stream' | 'queue', options: object, option: string, shown: string, allowed: string];

const CASES: Case[] = [
  ['stream', { ack: 'before' }, 'ack', '"before"', ACK],
  ['stream', { ack: 'none' }, 'ack', '"none"', ACK],
  ['stream', { ack: 'manual' }, 'ack', '"manual"', ACK],
  ['stream', { ack: 'once' }, 'ack', '"once"', ACK],
  ['queue', { ack: { once: { window: 5 } } }, 'ack', '{"once":{"window":5}}', ACK],
  ['queue', { ack: MyAckPolicy }, 'ack', '[function MyAckPolicy]', ACK],
  ['queue', { ack: new MyAckPolicy() }, 'ack', '{"timing":"after"}', ACK],
  ['stream', { retry: MyRetryPolicy }, 'retry', '[function MyRetryPolicy]', RETRY],
  ['queue', { retry: new MyRetryPolicy() }, 'retry', '{}', RETRY],
  ['stream', { retry: { hold: true } }, 'retry.hold', 'true', 'allowed for now: no "hold".'],
  [
    'stream',
    { orderBy: String },
    'orderBy',
    '[function String]',
    'allowed for now: concurrency: 1, which keeps the order of all.',
  ],
  [
    'queue',
    { orderBy: String },
    'orderBy',
    '[function String]',
    'allowed for now: concurrency: 1, which keeps the order of all.',
  ],
  [
    'stream',
    { batch: { size: 5, wait: 10 } },
    'batch',
    '{"size":5,"wait":10}',
    'allowed for now: handlers of single messages.',
  ],
  ['queue', { batch: { size: 5 } }, 'batch', '{"size":5}', 'allowed for now: handlers of single messages.'],
  ['stream', { retention: 'acked' }, 'retention', '"acked"', 'allowed for now: maxLength when appending.'],
  ['stream', { reader: { from: '$' } }, 'reader', '{"from":"$"}', 'allowed for now: a consumer group.'],
  [
    'stream',
    { from: { checkpoint: 'audit' } },
    'from',
    '{"checkpoint":"audit"}',
    `allowed for now: '0', '$' or an entry's id.`,
  ],
  ['channel', { sharded: true }, 'sharded', 'true', 'allowed for now: channels that are not sharded.'],
];

describe('an option that a later version will have is refused, not ignored', () => {
  it.each(CASES)('on a %s: %o', async (kind, options, option, shown, allowed) => {
    const refusal = await refusalOf(kind, options);
    expect(refusal?.error).toBeInstanceOf(OptionNotAvailableError);
    expect(refusal?.error.message).toBe(`Orders.handle: option "${option}" with ${shown} ${LATER} ${allowed}`);
    expect(refusal?.error).toMatchObject({ code: 'OPTION_NOT_AVAILABLE', owner: 'Orders.handle', option });
  });

  it('also among the defaults of the module', async () => {
    const refusal = await moduleRefusal({ defaults: { stream: { ack: 'once' } } });
    expect(refusal?.error.message).toBe(
      `RedisFlowModule: option "defaults.stream.ack" with "once" ${LATER} allowed for now: "after".`,
    );
  });

  it('also a connection in memory', async () => {
    const refusal = await moduleRefusal({ connection: 'memory://' });
    expect(refusal?.error).toBeInstanceOf(OptionNotAvailableError);
    expect(refusal?.error.message).toBe(
      `RedisFlowModule: option "connection" with "memory://" ${LATER} allowed for now: a redis:// or rediss:// URL, ioredis options, { cluster, options }, { sentinels, name } or { create: (role) => client }.`,
    );
  });
});
