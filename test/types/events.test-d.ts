import {
  BatchFailure,
  type DeadLetterReason,
  type RedisFlowEvent,
  type RedisFlowEvents,
  type Source,
  type Transaction,
} from 'nestjs-redis-flow';
import type { Observable } from 'rxjs';
import { expectTypeOf, test } from 'vitest';

test('events are told apart by their type', () => {
  const use = (events: RedisFlowEvents): void => {
    expectTypeOf(events.events$).toEqualTypeOf<Observable<RedisFlowEvent>>();
    events.events$.subscribe((event) => {
      if (event.type === 'deadLettered') expectTypeOf(event.reason).toEqualTypeOf<DeadLetterReason>();
      if (event.type === 'retried') expectTypeOf(event.delay).toBeNumber();
      if (event.type === 'dropped') expectTypeOf(event.source).toEqualTypeOf<Source>();
      if (event.type === 'lost') expectTypeOf(event.count).toEqualTypeOf<number | undefined>();
      if (event.type === 'trimmed') expectTypeOf(event.count).toBeNumber();
      if (event.type === 'connection') expectTypeOf(event.isUp).toBeBoolean();
      // @ts-expect-error not every event is about a message
      expectTypeOf(event.id).toBeString();
      // @ts-expect-error no such event
      if (event.type === 'handled') return;
    });
    // @ts-expect-error nobody but the library reports
    events.events$.next({});
  };
  expectTypeOf(use).toBeFunction();
});

test('a failed batch names indexes or ids', () => {
  expectTypeOf(new BatchFailure([0, '1-0'], new Error('x'))).toExtend<Error>();
  const failed: readonly number[] = [1];
  expectTypeOf(new BatchFailure(failed).failed).toEqualTypeOf<readonly (number | string)[]>();
  // @ts-expect-error which ones?
  expectTypeOf(new BatchFailure()).toExtend<Error>();
});

test('a transaction collects writes and gives nothing back', () => {
  const use = (transaction: Transaction): void => {
    expectTypeOf(transaction.append('receipts', { order: 5 }, { headers: { a: 'b' }, maxLength: 5 })).toBeVoid();
    transaction.enqueue('jobs', {}, { front: true });
    transaction.publish('news', {});
    transaction.call('INCRBY', 'balance', 5);
    // @ts-expect-error a channel message has no id
    transaction.publish('news', {}, { id: '1-0' });
    // @ts-expect-error no objects go to Redis
    transaction.call('SET', 'a', {});
  };
  expectTypeOf(use).toBeFunction();
});
