import {
  AckManual,
  AckOnce,
  type AckOption,
  type AckPolicy,
  type BackoffFunction,
  type ChannelOptions,
  type HandledDelivery,
  type HandlerFailure,
  type Message,
  OnChannel,
  OnQueue,
  OnStream,
  type Outcome,
  type QueueOptions,
  type RetryDecision,
  type RetryOptions,
  type RetryPolicy,
  type Settlement,
  type StreamOptions,
  type StreamRetention,
} from 'nestjs-redis-flow';
import { expectTypeOf, test } from 'vitest';

test('a channel takes what a channel can do', () => {
  const decorator = OnChannel('a', { concurrency: 2, timeout: 5, buffer: 10, overflow: 'drop-newest' });
  expectTypeOf(decorator).toEqualTypeOf<MethodDecorator>();
  // @ts-expect-error a channel keeps nothing to retry
  OnChannel('a', { retry: { attempts: 2 } });
  // @ts-expect-error nor anything to acknowledge
  OnChannel('a', { ack: 'after' });
  // @ts-expect-error nor to lease
  OnChannel('a', { lease: 5 });
  // @ts-expect-error nor to dead-letter
  OnChannel('a', { deadLetter: false });
  // @ts-expect-error it has no groups
  OnChannel('a', { group: 'x' });
  // @ts-expect-error no such word
  OnChannel('a', { overflow: 'block' });
  OnChannel('a', { sharded: true, buffer: 10, overflow: 'drop-newest', concurrency: 2, timeout: 5 });
});

test('a stream takes what a stream can do', () => {
  OnStream('a', { group: 'x', from: '$', onGroupMissing: 'fail', lease: 500, deadLetter: false, ack: 'after' });
  expectTypeOf(OnStream('a', { from: '0' })).toEqualTypeOf<MethodDecorator>();
  OnStream('a', { from: '1700000000000-0' });
  // @ts-expect-error a stream has one order
  OnStream('a', { order: 'lifo' });
  // @ts-expect-error misspelt
  OnStream('a', { gruop: 'x' });
  // @ts-expect-error no such word
  OnStream('a', { onGroupMissing: 'ignore' });
  // @ts-expect-error an id is a text
  OnStream('a', { from: 0 });
  OnStream('a', { from: { checkpoint: 'audit' }, retention: 'acked', batch: { size: 5 } });
  OnStream('a', { retention: { maxLength: 5 }, batch: { size: 5, wait: 10 } });
  OnStream('a', { retention: { maxAge: 5 } });
  // @ts-expect-error entries or ms
  const retention: StreamRetention = { minId: '5-0' };
  // @ts-expect-error no such word
  OnStream('a', { retention: 'all' });
  // @ts-expect-error how many?
  OnStream('a', { batch: { wait: 10 } });
  // @ts-expect-error a checkpoint has a name
  OnStream('a', { from: { checkpoint: 5 } });
  expectTypeOf(retention).toExtend<StreamRetention>();
});

test('a reader has no group, and nothing to acknowledge', () => {
  expectTypeOf(OnStream('a', { reader: {} })).toEqualTypeOf<MethodDecorator>();
  OnStream('a', { reader: { from: '0', checkpoint: 'audit' }, retry: { attempts: 2 }, deadLetter: false });
  OnStream('a', { reader: { from: '1700000000000-0' }, concurrency: 4, retention: { maxLength: 5 } });
  // @ts-expect-error a reader has no group
  OnStream('a', { reader: {}, group: 'x' });
  // @ts-expect-error it says where it starts itself
  OnStream('a', { reader: {}, from: '0' });
  // @ts-expect-error no group can be missing
  OnStream('a', { reader: {}, onGroupMissing: 'fail' });
  // @ts-expect-error nothing is acknowledged
  OnStream('a', { reader: {}, ack: 'after' });
  // @ts-expect-error nothing is leased
  OnStream('a', { reader: {}, lease: 500 });
  // @ts-expect-error a checkpoint is its own
  OnStream('a', { reader: { from: { checkpoint: 'x' } } });
  // @ts-expect-error only streams are read so
  OnQueue('a', { reader: {} });
  // @ts-expect-error only streams are read so
  OnChannel('a', { reader: {} });
});

test('the example of the documentation compiles', () => {
  interface Order {
    readonly customerId: string;
  }
  const decorator = OnStream('orders', {
    group: 'payments',
    concurrency: 8,
    orderBy: (m) => m.data.customerId,
    retry: { attempts: 5, backoff: { type: 'exponential', delay: 500, max: 60_000, jitter: 0.2 } },
  });
  expectTypeOf(decorator).toEqualTypeOf<MethodDecorator>();
  OnStream('orders', { orderBy: (message: Message<Order>) => message.data.customerId });
  OnQueue('jobs', { orderBy: ({ headers }) => headers['tenant'] });
  // @ts-expect-error it is a function
  OnStream('orders', { orderBy: 'customerId' });
});

test('ack takes words, options of once, and policies', () => {
  class Policy implements AckPolicy {
    readonly timing = 'after';
    constructor(readonly calendar: object) {}
    decide(outcome: Outcome, { attempt }: HandledDelivery): Settlement | undefined {
      return outcome.type === 'failed' && attempt < 5 ? { type: 'retry', delay: 5 } : undefined;
    }
  }
  for (const ack of ['after', 'before', 'none', 'manual', 'once'] as const) {
    OnStream('a', { ack });
    OnQueue('a', { ack });
  }
  OnStream('a', { ack: { once: { window: 5_000, key: (message) => message.data.id } } });
  OnStream('a', { ack: { once: {} } });
  OnStream('a', { ack: Policy });
  OnStream('a', { ack: new Policy({}) });
  OnStream('a', { ack: { timing: 'manual' } });
  OnQueue('a', { ack: AckManual });
  OnStream('a', { ack: new AckOnce({ window: 5_000 }) });
  expectTypeOf<'after' | typeof Policy | Policy>().toExtend<AckOption>();
  // @ts-expect-error no such word
  OnStream('a', { ack: 'later' });
  // @ts-expect-error no such timing
  OnStream('a', { ack: { timing: 'later' } });
  // @ts-expect-error a key is a text
  OnStream('a', { ack: { once: { key: () => 5 } } });
  // @ts-expect-error ms are a number
  OnStream('a', { ack: { once: { window: '1d' } } });
  // @ts-expect-error a class without a timing
  OnStream('a', { ack: Date });
  // @ts-expect-error no such settlement
  const nack: AckPolicy = { timing: 'after', decide: () => ({ type: 'nack' }) };
  // @ts-expect-error it answers at once
  const late: AckPolicy = { timing: 'after', decide: async () => undefined };
  expectTypeOf([nack, late]).toBeArray();
});

test('retry takes policies', () => {
  class Policy implements RetryPolicy {
    constructor(readonly calendar: object) {}
    decide({ attempt, message }: HandlerFailure): RetryDecision {
      return attempt < 5 ? { retryAfter: 5 } : { deadLetter: message.id };
    }
  }
  OnStream('a', { retry: Policy });
  OnQueue('a', { retry: new Policy({}) });
  OnQueue('a', { retry: { decide: () => ({ drop: 'x' }) } });
  expectTypeOf<HandlerFailure['error']>().toBeUnknown();
  // @ts-expect-error nothing is decided
  OnQueue('a', { retry: { decide: () => ({}) } });
  // @ts-expect-error ms are a number
  OnQueue('a', { retry: { decide: () => ({ retryAfter: '5s' }) } });
  // @ts-expect-error it answers at once
  OnQueue('a', { retry: { decide: async () => ({ retryAfter: 5 }) } });
  // @ts-expect-error a class that decides nothing
  OnQueue('a', { retry: Date });
});

test('a queue takes what a queue can do', () => {
  expectTypeOf(OnQueue('a', { order: 'lifo', retry: false })).toEqualTypeOf<MethodDecorator>();
  // @ts-expect-error a list has no beginning to start from
  OnQueue('a', { from: '0' });
  // @ts-expect-error it has no groups
  OnQueue('a', { group: 'x' });
  // @ts-expect-error no such word
  OnQueue('a', { order: 'random' });
  OnQueue('a', { orderBy: () => 'x', concurrency: 4, ack: 'manual' });
  OnQueue('a', { batch: { size: 5, wait: 10 } });
});

test('retry', () => {
  class Closed extends Error {
    constructor(readonly account: string) {
      super();
    }
  }
  abstract class Base extends Error {}
  OnQueue('a', { retry: { attempts: 3, backoff: { type: 'exponential', delay: 5, max: 50, jitter: 0.5 } } });
  OnQueue('a', { retry: { backoff: (attempt, error) => (error instanceof Closed ? 0 : attempt * 5) } });
  OnQueue('a', { retry: { fatal: [Closed, Base, TypeError], retryable: [RangeError] } });
  expectTypeOf<Parameters<BackoffFunction>>().toEqualTypeOf<[attempt: number, error: unknown]>();
  // @ts-expect-error a number
  OnQueue('a', { retry: { attempts: '3' } });
  // @ts-expect-error a backoff says how long
  OnQueue('a', { retry: { backoff: { type: 'fixed' } } });
  // @ts-expect-error and of which kind
  OnQueue('a', { retry: { backoff: { delay: 5 } } });
  // @ts-expect-error no such kind
  OnQueue('a', { retry: { backoff: { type: 'linear', delay: 5 } } });
  // @ts-expect-error ms are a number
  OnQueue('a', { retry: { backoff: { type: 'fixed', delay: '5s' } } });
  // @ts-expect-error only false turns it off
  OnQueue('a', { retry: true });
  // @ts-expect-error classes, not an error
  OnQueue('a', { retry: { fatal: [new Error()] } });
  // @ts-expect-error a function gives ms
  OnQueue('a', { retry: { backoff: () => 'soon' } });
  OnQueue('a', { retry: { attempts: 3, hold: true } });
});

test('an option is left out, not undefined, under exactOptionalPropertyTypes', () => {
  // @ts-expect-error leave it out
  const stream: StreamOptions = { group: undefined };
  // @ts-expect-error leave it out
  const queue: QueueOptions = { retry: undefined };
  // @ts-expect-error leave it out
  const channel: ChannelOptions = { buffer: undefined };
  // @ts-expect-error leave it out
  const retry: RetryOptions = { attempts: undefined };
  expectTypeOf([stream, queue, channel, retry]).toBeArray();
});

test('options are not changed', () => {
  const options: StreamOptions = { group: 'x' };
  // @ts-expect-error they are read once
  options.group = 'y';
  expectTypeOf(options).toExtend<StreamOptions>();
});
