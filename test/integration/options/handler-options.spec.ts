import { InvalidOptionError } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { refusalOf } from './refused.js';

type Case = [kind: 'channel' | 'stream' | 'queue', options: unknown, option: string, text: string];

const TIME = (minimum: number): string => `a whole number of milliseconds from ${minimum} to 2147483647`;
const KNOWN_ON_A_CHANNEL = 'connection, concurrency, timeout, buffer, overflow, sharded';
const KNOWN_OF_BACKOFF = 'type, delay, max, jitter';
const ACK =
  '"after", "before", "none", "manual", "once", { once: { window, key } }, or an AckPolicy: a class or an object with a timing of "after", "before", "none" or "manual".';
const RETRY =
  '{ attempts, backoff, fatal, retryable, hold }, false, or a RetryPolicy: a class or an object with decide(failure).';
const FROM = `'0', '$', an entry's id or { checkpoint: name }.`;

const CASES: Case[] = [
  [
    'channel',
    { retry: { attempts: 2 } },
    'retry',
    `is {"attempts":2}, but must be left out: the known options are ${KNOWN_ON_A_CHANNEL}.`,
  ],
  [
    'channel',
    { ack: 'after' },
    'ack',
    `is "after", but must be left out: the known options are ${KNOWN_ON_A_CHANNEL}.`,
  ],
  ['channel', { buffer: 0 }, 'buffer', 'is 0, but must be a whole number of at least 1.'],
  ['channel', { overflow: 'block' }, 'overflow', 'is "block", but must be "drop-oldest" or "drop-newest".'],
  [
    'stream',
    { concurency: 2 },
    'concurency',
    'is 2, but must be left out: the known options are connection, concurrency, timeout, ack, retry, deadLetter, lease, orderBy, batch, group, from, onGroupMissing, retention, reader.',
  ],
  ['stream', { concurrency: '8' }, 'concurrency', 'is "8", but must be a whole number of at least 1.'],
  ['stream', { concurrency: 1.5 }, 'concurrency', 'is 1.5, but must be a whole number of at least 1.'],
  ['stream', { concurrency: Number.NaN }, 'concurrency', 'is NaN, but must be a whole number of at least 1.'],
  ['stream', { concurrency: Infinity }, 'concurrency', 'is Infinity, but must be a whole number of at least 1.'],
  ['stream', { timeout: 0 }, 'timeout', `is 0, but must be ${TIME(1)}.`],
  ['stream', { timeout: 2 ** 31 }, 'timeout', `is 2147483648, but must be ${TIME(1)}.`],
  ['stream', { lease: 99 }, 'lease', `is 99, but must be ${TIME(100)}.`],
  ['stream', { lease: 100.5 }, 'lease', `is 100.5, but must be ${TIME(100)}.`],
  ['stream', { lease: '30s' }, 'lease', `is "30s", but must be ${TIME(100)}.`],
  ['stream', { group: '' }, 'group', 'is "", but must be a non-empty string.'],
  ['stream', { from: 0 }, 'from', `is 0, but must be ${FROM}`],
  ['stream', { from: 'start' }, 'from', `is "start", but must be ${FROM}`],
  [
    'stream',
    { onGroupMissing: 'ignore' },
    'onGroupMissing',
    'is "ignore", but must be "recreate" or "recreate-from-end" or "fail".',
  ],
  [
    'stream',
    { order: 'lifo' },
    'order',
    'is "lifo", but must be left out: the known options are connection, concurrency, timeout, ack, retry, deadLetter, lease, orderBy, batch, group, from, onGroupMissing, retention, reader.',
  ],
  [
    'queue',
    { from: '0' },
    'from',
    'is "0", but must be left out: the known options are connection, concurrency, timeout, ack, retry, deadLetter, lease, orderBy, batch, order.',
  ],
  ['queue', { order: 'random' }, 'order', 'is "random", but must be "fifo" or "lifo".'],
  ['queue', { ack: 'later' }, 'ack', `is "later", but must be ${ACK}`],
  ['queue', { deadLetter: 'jobs:dead' }, 'deadLetter', 'is "jobs:dead", but must be true or false.'],
  ['queue', { retry: true }, 'retry', `is true, but must be ${RETRY}`],
  ['queue', { retry: 3 }, 'retry', `is 3, but must be ${RETRY}`],
  ['queue', { retry: { attempts: 0 } }, 'retry.attempts', 'is 0, but must be a whole number of at least 1.'],
  [
    'queue',
    { retry: { attemps: 3 } },
    'retry.attemps',
    'is 3, but must be left out: the known options are attempts, backoff, fatal, retryable, hold.',
  ],
  [
    'queue',
    { retry: { fatal: TypeError } },
    'retry.fatal',
    'is [function TypeError], but must be an array of error classes.',
  ],
  ['queue', { retry: { fatal: [() => true] } }, 'retry.fatal', 'is [null], but must be an array of error classes.'],
  [
    'queue',
    { retry: { retryable: ['TypeError'] } },
    'retry.retryable',
    'is ["TypeError"], but must be an array of error classes.',
  ],
  [
    'queue',
    { retry: { backoff: 500 } },
    'retry.backoff',
    `is 500, but must be { type: 'fixed' | 'exponential', delay, max?, jitter? } or a function (attempt, error) => ms.`,
  ],
  ['queue', { retry: { backoff: { type: 'fixed' } } }, 'retry.backoff.delay', `is undefined, but must be ${TIME(0)}.`],
  [
    'queue',
    { retry: { backoff: { delay: 5 } } },
    'retry.backoff.type',
    'is undefined, but must be "fixed" or "exponential".',
  ],
  [
    'queue',
    { retry: { backoff: { type: 'linear', delay: 5 } } },
    'retry.backoff.type',
    'is "linear", but must be "fixed" or "exponential".',
  ],
  [
    'queue',
    { retry: { backoff: { type: 'fixed', delay: '5s' } } },
    'retry.backoff.delay',
    `is "5s", but must be ${TIME(0)}.`,
  ],
  [
    'queue',
    { retry: { backoff: { type: 'fixed', delay: 5, jitter: 20 } } },
    'retry.backoff.jitter',
    'is 20, but must be a number from 0 to 1.',
  ],
  [
    'queue',
    { retry: { backoff: { type: 'fixed', delay: 5, factor: 2 } } },
    'retry.backoff.factor',
    `is 2, but must be left out: the known options are ${KNOWN_OF_BACKOFF}.`,
  ],
  ['stream', { reader: {}, group: 'pay' }, 'group', 'is "pay", but must be left out: a reader has no group.'],
  [
    'queue',
    { batch: { size: 5 }, orderBy: String },
    'orderBy',
    'is [function String], but must be left out with "batch": a batch is handled and settled as one.',
  ],
  ['queue', { connection: 5 }, 'connection', 'is 5, but must be a non-empty string.'],
];

describe('an option of a handler that is wrong is refused at bootstrap', () => {
  it.each(CASES)('on a %s: %o', async (kind, options, option, text) => {
    const refusal = await refusalOf(kind, options);
    expect(refusal?.error).toBeInstanceOf(InvalidOptionError);
    expect(refusal?.error.message).toBe(`Orders.handle: option "${option}" ${text}`);
    expect(refusal?.error).toMatchObject({ code: 'INVALID_OPTION', owner: 'Orders.handle', option });
  });

  it.each([
    ['a text', 'payments'],
    ['a list', []],
  ])('when the options are %s', async (_, options) => {
    const refusal = await refusalOf('channel', options);
    expect(refusal?.error.message).toBe(
      `Orders.handle: option "options" is ${JSON.stringify(options)}, but must be an object with ${KNOWN_ON_A_CHANNEL}.`,
    );
  });

  it('but null stands for no options', async () => {
    expect(await refusalOf('channel', null)).toBeUndefined();
  });
});
