import { Inject } from '@nestjs/common';
import {
  DeadLetter,
  type DedupeConflictError,
  Drop,
  InjectRedisFlows,
  InjectRedisPublisher,
  type Message,
  type Notified,
  type PublishFailedError,
  type PublishOutcomeUnknownError,
  RedisFlowError,
  type RedisFlowErrorCode,
  type RedisFlows,
  type RedisPublisher,
  Retry,
  getRedisFlowsToken,
  getRedisPublisherToken,
} from 'nestjs-redis-flow';
import type { Observable } from 'rxjs';
import { expectTypeOf, test } from 'vitest';

test('the publisher gives receivers, ids of entries and ids of jobs', () => {
  const use = (publisher: RedisPublisher): void => {
    expectTypeOf(publisher.publish('a', 1)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(publisher.notify('a', 1, { history: 'h' })).toEqualTypeOf<Promise<Notified>>();
    expectTypeOf(publisher.append('a', 1)).toEqualTypeOf<Promise<string>>();
    expectTypeOf(publisher.enqueue('a', 1)).toEqualTypeOf<Promise<string>>();
    expectTypeOf(publisher.publishMany('a', [{ data: 1 }])).toEqualTypeOf<Promise<number[]>>();
    expectTypeOf(publisher.appendMany('a', [{ data: 1, id: '1-*' }])).toEqualTypeOf<Promise<string[]>>();
    expectTypeOf(publisher.enqueueMany('a', [{ data: 1, headers: {} }])).toEqualTypeOf<Promise<string[]>>();
  };
  expectTypeOf(use).toBeFunction();
});

test('the publisher takes what each mechanism can do', () => {
  const use = (publisher: RedisPublisher): void => {
    const headers = { tenant: 'acme' };
    void publisher.publish('a', {}, { headers, sharded: true });
    void publisher.notify('a', {}, { history: 'h', maxLength: 5, headers });
    // @ts-expect-error a notification is kept somewhere
    void publisher.notify('a', {}, { maxLength: 5 });
    // @ts-expect-error a notification is not sharded
    void publisher.notify('a', {}, { history: 'h', sharded: true });
    void publisher.append('a', {}, { headers, id: '1-*', maxLength: 5, format: 'fields' });
    void publisher.append('a', {}, { maxLength: 5, maxAge: 5, dedupe: 'x' });
    void publisher.append('a', {}, { dedupe: { key: 'x' } });
    void publisher.append('a', {}, { dedupe: { key: 'x', window: 5 } });
    void publisher.enqueue('a', {}, { headers, front: true, maxLength: 5 });
    void publisher.enqueue('a', {}, { delay: 5 });
    void publisher.enqueueMany('a', [{ data: 1, headers, delay: 5 }]);
    void publisher.appendMany('a', [] as const);
    // @ts-expect-error a header is a text
    void publisher.publish('a', {}, { headers: { n: 5 } });
    // @ts-expect-error a channel message has no id
    void publisher.publish('a', {}, { id: '1-0' });
    // @ts-expect-error no such format
    void publisher.append('a', {}, { format: 'json' });
    // @ts-expect-error a number
    void publisher.append('a', {}, { maxLength: '5' });
    // @ts-expect-error a duration is a number of ms
    void publisher.append('a', {}, { maxAge: '1d' });
    // @ts-expect-error a key is a text
    void publisher.append('a', {}, { dedupe: 5 });
    // @ts-expect-error what is known needs a key
    void publisher.append('a', {}, { dedupe: { window: 5 } });
    // @ts-expect-error a channel remembers nothing
    void publisher.publish('a', {}, { dedupe: 'x' });
    // @ts-expect-error one of many has no dedupe
    void publisher.appendMany('a', [{ data: 1, dedupe: 'x' }]);
    // @ts-expect-error data is not left out by mistake
    void publisher.publish('a');
    // @ts-expect-error messages have data
    void publisher.publishMany('a', [{ dta: 1 }]);
    // @ts-expect-error a delay is a number of ms
    void publisher.enqueueMany('a', [{ data: 1, delay: '1m' }]);
    // @ts-expect-error one of many is not put at the front
    void publisher.enqueueMany('a', [{ data: 1, front: true }]);
    // @ts-expect-error a channel delays nothing
    void publisher.publishMany('a', [{ data: 1, delay: 5 }]);
    // @ts-expect-error a job's place is not chosen by id
    void publisher.enqueueMany('a', [{ data: 1, id: '1' }]);
    // @ts-expect-error leave it out
    void publisher.append('a', 1, { id: undefined });
  };
  expectTypeOf(use).toBeFunction();
});

test('the errors of publishing say what is there', () => {
  expectTypeOf<PublishFailedError['published']>().toEqualTypeOf<readonly string[]>();
  expectTypeOf<PublishOutcomeUnknownError['published']>().toEqualTypeOf<readonly string[]>();
  expectTypeOf<DedupeConflictError>().toExtend<{
    readonly stream: string;
    readonly key: string;
    readonly id: string;
  }>();
  expectTypeOf<DedupeConflictError['code']>().toEqualTypeOf<'DEDUPE_CONFLICT'>();
});

test('a publisher is injected by its class or by its name', () => {
  class Service {
    constructor(
      @InjectRedisPublisher() readonly main: RedisPublisher,
      @InjectRedisPublisher('billing') readonly billing: RedisPublisher,
      @Inject(getRedisPublisherToken('billing')) readonly token: RedisPublisher,
    ) {}
  }
  expectTypeOf<Service['billing']>().toEqualTypeOf<RedisPublisher>();
});

test('control flow is made by name', () => {
  expectTypeOf(Retry.after(5)).toEqualTypeOf<Retry>();
  expectTypeOf(DeadLetter.because('x')).toEqualTypeOf<DeadLetter>();
  expectTypeOf(Drop.because('x')).toEqualTypeOf<Drop>();
  // @ts-expect-error not made otherwise
  new Retry(5);
  // @ts-expect-error it has a reason
  DeadLetter.because();
});

test('an error is narrowed, and its code is one of a list', () => {
  const use = (error: unknown): void => {
    if (!RedisFlowError.is(error)) return;
    expectTypeOf(error).toEqualTypeOf<RedisFlowError>();
    expectTypeOf(error.code).toEqualTypeOf<RedisFlowErrorCode>();
    // @ts-expect-error no such code
    expectTypeOf(error.code === 'NONSENSE').toBeBoolean();
  };
  expectTypeOf(use).toBeFunction();
});

test('flows give messages, and are injected like the publisher', () => {
  const use = (flows: RedisFlows): void => {
    const notes$ = flows.notifications$<{ text: string }>('a', { history: 'h', after: undefined });
    expectTypeOf(notes$).toEqualTypeOf<Observable<Message<{ text: string }>>>();
    expectTypeOf(flows.notifications$('a', { history: 'h', after: '0' })).toEqualTypeOf<Observable<Message>>();
    // @ts-expect-error a history has a name
    flows.notifications$('a', { after: '0' });
  };
  expectTypeOf(use).toBeFunction();
  expectTypeOf(InjectRedisFlows).toEqualTypeOf<(name?: string) => ReturnType<typeof Inject>>();
  expectTypeOf(getRedisFlowsToken).toBeFunction();
});
