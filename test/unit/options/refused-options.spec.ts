import { AckOnce, InvalidOptionError } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { type HandlerDeclaration, resolveHandlerOptions, resolveModuleOptions } from '../../../lib/options/index.js';

type Kind = 'stream' | 'queue';

function refusal(mechanism: Kind, options: object, defaults: object = {}): Error | undefined {
  const declaration: HandlerDeclaration = { owner: 'O.h', method: 'h', mechanism, target: 'orders', options };
  try {
    const module = resolveModuleOptions('default', { connection: 'redis://x', group: 'pay', defaults });
    resolveHandlerOptions(declaration, module);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

const key = (): string => 'key';
const retry = { attempts: 3 };
const batch = { size: 5 };
class RetryNever {
  decide(): object {
    return { drop: 'x' };
  }
}

const ACK =
  '"after", "before", "none", "manual", "once", { once: { window, key } }, or an AckPolicy: a class or an object with a timing of "after", "before", "none" or "manual"';
const RETRY =
  '{ attempts, backoff, fatal, retryable, hold }, false, or a RetryPolicy: a class or an object with decide(failure)';
const RETENTION = `'acked', { maxLength: entries } or { maxAge: ms }`;
const TIME = (minimum: number): string => `a whole number of milliseconds from ${minimum} to 2147483647`;
const DURATION = (minimum: number): string => `a whole number of milliseconds of at least ${minimum}`;
const COUNT = 'a whole number of at least 1';

type Case = [kind: Kind, options: object, option: string, shown: string, allowed: string];

const EACH: Case[] = [
  ['stream', { ack: 'later' }, 'ack', '"later"', ACK],
  ['stream', { ack: true }, 'ack', 'true', ACK],
  ['stream', { ack: () => 'after' }, 'ack', '[function ack]', ACK],
  ['stream', { ack: {} }, 'ack', '{}', ACK],
  ['stream', { ack: { timing: 'later' } }, 'ack', '{"timing":"later"}', ACK],
  ['stream', { ack: { timing: 'after', decide: 5 } }, 'ack.decide', '5', 'left out or a function'],
  ['stream', { ack: { once: true } }, 'ack.once', 'true', 'an object with window, key'],
  ['stream', { ack: { once: { window: 999 } } }, 'ack.once.window', '999', DURATION(1_000)],
  ['stream', { ack: { once: { key: 'id' } } }, 'ack.once.key', '"id"', 'a function (message) => text'],
  ['stream', { ack: { once: { ttl: 5 } } }, 'ack.once.ttl', '5', 'left out: the known options are window, key'],
  ['stream', { ack: { once: {}, window: 5 } }, 'ack.window', '5', 'left out: the known options are once'],
  ['queue', { ack: 'later' }, 'ack', '"later"', ACK],
  ['stream', { retry: true }, 'retry', 'true', RETRY],
  ['stream', { retry: () => ({ retryAfter: 5 }) }, 'retry', '[function retry]', RETRY],
  ['stream', { retry: { hold: 'yes' } }, 'retry.hold', '"yes"', 'true or false'],
  ['stream', { orderBy: 'customerId' }, 'orderBy', '"customerId"', 'a function (message) => key'],
  ['queue', { batch: 5 }, 'batch', '5', 'an object with size, wait'],
  ['queue', { batch: {} }, 'batch.size', 'undefined', COUNT],
  ['queue', { batch: { size: 0 } }, 'batch.size', '0', COUNT],
  ['queue', { batch: { size: 1, wait: -1 } }, 'batch.wait', '-1', TIME(0)],
  ['stream', { from: 'start' }, 'from', '"start"', `'0', '$', an entry's id or { checkpoint: name }`],
  ...['18446744073709551616-0', '0-18446744073709551616', '1'.repeat(21)].flatMap((id): Case[] => [
    ['stream', { from: id }, 'from', `"${id}"`, `'0', '$', an entry's id or { checkpoint: name }`],
    ['stream', { reader: { from: id } }, 'reader.from', `"${id}"`, `'0', '$' or an entry's id`],
  ]),
  ['stream', { from: {} }, 'from.checkpoint', 'undefined', 'a non-empty string'],
  ['stream', { from: { checkpoint: '' } }, 'from.checkpoint', '""', 'a non-empty string'],
  ['stream', { retention: 5 }, 'retention', '5', RETENTION],
  ['stream', { retention: {} }, 'retention', '{}', RETENTION],
  ['stream', { retention: { maxLength: 1, maxAge: 1 } }, 'retention', '{"maxLength":1,"maxAge":1}', RETENTION],
  ['stream', { retention: { maxLength: undefined } }, 'retention', '{}', RETENTION],
  ['stream', { retention: { maxAge: undefined } }, 'retention', '{}', RETENTION],
  ['stream', { retention: { maxLength: 0 } }, 'retention.maxLength', '0', COUNT],
  ['stream', { retention: { maxAge: '7d' } }, 'retention.maxAge', '"7d"', DURATION(1)],
  ['stream', { reader: '$' }, 'reader', '"$"', 'an object with from, checkpoint'],
  ['stream', { reader: { from: 'now' } }, 'reader.from', '"now"', `'0', '$' or an entry's id`],
  [
    'stream',
    { reader: { from: { checkpoint: 'x' } } },
    'reader.from',
    '{"checkpoint":"x"}',
    `'0', '$' or an entry's id`,
  ],
  ['stream', { reader: { checkpoint: 5 } }, 'reader.checkpoint', '5', 'a non-empty string'],
];

const NO_GROUP = 'left out: a reader has no group';
const NO_ACK = 'left out: a reader has nothing to acknowledge';
const GONE = 'false or left out: with ack "before" or "none" a message is gone from Redis before it can fail';
const NO_BATCH = 'left out with "batch": a batch is handled and settled as one';

const TOGETHER: Case[] = [
  ['stream', { reader: {}, group: 'pay' }, 'group', '"pay"', NO_GROUP],
  ['stream', { reader: {}, from: '0' }, 'from', '"0"', NO_GROUP],
  ['stream', { reader: {}, onGroupMissing: 'fail' }, 'onGroupMissing', '"fail"', NO_GROUP],
  ['stream', { reader: {}, ack: 'after' }, 'ack', '"after"', NO_ACK],
  ['stream', { reader: {}, lease: 500 }, 'lease', '500', NO_ACK],
  [
    'stream',
    { reader: {}, retention: 'acked' },
    'retention',
    '"acked"',
    '{ maxLength }, { maxAge } or left out: a reader has no group that acknowledges',
  ],
  ['stream', { batch, orderBy: key }, 'orderBy', '[function key]', NO_BATCH],
  ['queue', { batch, orderBy: key }, 'orderBy', '[function key]', NO_BATCH],
  [
    'queue',
    { batch, retry: { hold: true } },
    'retry.hold',
    'true',
    'left out or false with "batch": a batch is handled and settled as one',
  ],
  ['stream', { ack: 'before', retry }, 'retry', '{"attempts":3}', GONE],
  ['stream', { ack: 'none', retry: RetryNever }, 'retry', '[function RetryNever]', GONE],
  ['stream', { ack: { timing: 'before' }, retry }, 'retry', '{"attempts":3}', GONE],
  [
    'stream',
    { ack: 'none', deadLetter: true },
    'deadLetter',
    'true',
    'false or left out: with ack "none" what fails is dropped',
  ],
  [
    'stream',
    { ack: 'none', lease: 500 },
    'lease',
    '500',
    'left out: with ack "none" a message belongs to nobody once it is handed out',
  ],
];

describe('an option that is wrong is refused, with its name, its value and what is allowed', () => {
  it.each(EACH)('on a %s: %o', (kind, options, option, shown, allowed) => {
    const error = refusal(kind, options);
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error?.message).toBe(`O.h: option "${option}" is ${shown}, but must be ${allowed}.`);
  });
});

describe('options that cannot be honoured together are refused', () => {
  it.each(TOGETHER)('on a %s: %o', (kind, options, option, shown, allowed) => {
    const error = refusal(kind, options);
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error?.message).toBe(`O.h: option "${option}" is ${shown}, but must be ${allowed}.`);
  });

  it.each([
    ['a reader among the defaults and an ack', { ack: 'manual' }, { reader: {} }, 'ack', NO_ACK],
    ['retries and an ack among the defaults', { retry }, { ack: 'before' }, 'retry', GONE],
  ])(
    'also when one of them is a default that must not be overruled in silence: %s',
    (_, own, stream, option, allowed) => {
      expect(refusal('stream', own, { stream })).toMatchObject({ owner: 'O.h', option, allowed });
    },
  );

  it.each([
    [{ stream: { batch, orderBy: key } }, 'defaults.stream.orderBy', NO_BATCH],
    [{ stream: { reader: {}, group: 'pay' } }, 'defaults.stream.group', NO_GROUP],
  ])('also among the defaults themselves: %o', (defaults, option, allowed) => {
    expect(refusal('stream', {}, defaults)).toMatchObject({ owner: 'RedisFlowModule', option, allowed });
  });
});

describe('options that look alike go together', () => {
  it.each<[Kind, object]>([
    ['stream', { reader: {}, retention: { maxLength: 5 }, retry, deadLetter: false, orderBy: key }],
    ['stream', { reader: { checkpoint: 'x' }, batch }],
    ['stream', { batch, ack: 'once', retry }],
    ['stream', { batch, retry: { hold: false } }],
    ['stream', { ack: 'before', retry: false, lease: 500, deadLetter: true, orderBy: key }],
    ['stream', { ack: 'none', retry: false, deadLetter: false, batch }],
    ['stream', { ack: 'manual', retry: { hold: true }, orderBy: key, concurrency: 8 }],
    ['stream', { ack: new AckOnce(), retry: new RetryNever() }],
    ['queue', { retry: { hold: true } }],
    ['queue', { ack: 'manual', retry: RetryNever, orderBy: key }],
    ['queue', { ack: 'before', retry: false, lease: 500, deadLetter: true, orderBy: key }],
    ['queue', { ack: 'none', retry: false, deadLetter: false, batch }],
    ['queue', { ack: 'once', retry: { hold: true } }],
    ['queue', { ack: new AckOnce() }],
  ])('on a %s: %o', (kind, options) => {
    expect(refusal(kind, options)).toBeUndefined();
  });
});
