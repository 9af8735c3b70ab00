import {
  type BackoffFunction,
  type ChannelOptions,
  OnChannel,
  OnQueue,
  OnStream,
  type QueueOptions,
  type RetryOptions,
  type StreamOptions,
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
  // @ts-expect-error not available yet
  OnChannel('a', { sharded: true });
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
  // @ts-expect-error not available yet
  OnStream('a', { ack: 'once' });
  // @ts-expect-error not available yet
  OnStream('a', { ack: { once: { window: 5 } } });
  // @ts-expect-error not available yet
  OnStream('a', { batch: { size: 5 } });
  // @ts-expect-error not available yet
  OnStream('a', { reader: { from: '$' } });
  // @ts-expect-error not available yet
  OnStream('a', { from: { checkpoint: 'x' } });
});

test('a queue takes what a queue can do', () => {
  expectTypeOf(OnQueue('a', { order: 'lifo', retry: false })).toEqualTypeOf<MethodDecorator>();
  // @ts-expect-error a list has no beginning to start from
  OnQueue('a', { from: '0' });
  // @ts-expect-error it has no groups
  OnQueue('a', { group: 'x' });
  // @ts-expect-error no such word
  OnQueue('a', { order: 'random' });
  // @ts-expect-error not available yet
  OnQueue('a', { orderBy: () => 'x' });
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
  // @ts-expect-error not available yet
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
