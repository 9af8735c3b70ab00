import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import {
  Attempt,
  ChannelParam,
  type HeaderRecord,
  type Message,
  MessageHeaders,
  MessageId,
  OnChannel,
  OnQueue,
  OnStream,
  type RedisFlowContext,
  type Source,
} from 'nestjs-redis-flow';
import { Observable, of } from 'rxjs';
import { expectTypeOf, test } from 'vitest';

interface Order {
  readonly customer: string;
}

test('a handler may have any shape', () => {
  @Controller()
  class Handlers {
    @OnStream('orders')
    nothing(): void {}

    @OnQueue('jobs')
    async payload(_order: Order): Promise<number> {
      return 1;
    }

    @OnChannel('news')
    typedSecond(_note: string, _context: RedisFlowContext<string>): Observable<number> {
      return of(1);
    }

    @OnStream('orders')
    @OnQueue('jobs')
    @OnChannel('news.{region}')
    decorated(
      @Payload() _order: Order,
      @Ctx() _context: RedisFlowContext<Order>,
      @MessageId() _id: string,
      @Attempt() _attempt: number,
      @MessageHeaders() _headers: HeaderRecord,
      @MessageHeaders('tenant') _tenant: string | undefined,
      @ChannelParam('region') _region: string | undefined,
    ): void {}

    @OnStream(['orders', 'bills'])
    @OnQueue(['a', 'b'] as const)
    @OnChannel(['a', 'b'] as readonly string[])
    many(): void {}
  }
  expectTypeOf(Handlers).toBeConstructibleWith();
});

test('a target is a text or texts', () => {
  class Handlers {
    // @ts-expect-error a number names nothing
    @OnStream(5)
    number(): void {}

    // @ts-expect-error a list of numbers neither
    @OnQueue([1, 2])
    numbers(): void {}

    // @ts-expect-error there is no handler of nothing
    @OnChannel()
    missing(): void {}
  }
  expectTypeOf(Handlers).toBeConstructibleWith();
});

test('a parameter decorator says what it gives by name', () => {
  class Handlers {
    // @ts-expect-error which parameter?
    handle(@ChannelParam() _region: string): void {}
  }
  expectTypeOf(Handlers).toBeConstructibleWith();
});

test('the context knows the type of the data', () => {
  expectTypeOf<RedisFlowContext<Order>['message']>().toEqualTypeOf<Message<Order>>();
  expectTypeOf<RedisFlowContext['message']>().toEqualTypeOf<Message>();
  expectTypeOf<Message<Order>['data']>().toEqualTypeOf<Order>();
  expectTypeOf<Message['data']>().toEqualTypeOf<unknown>();
});

test('the context says where its message is from, and takes a decision', () => {
  const use = (context: RedisFlowContext<Order>): void => {
    expectTypeOf(context.source).toEqualTypeOf<Source>();
    expectTypeOf(context.source.mechanism).toEqualTypeOf<'channel' | 'stream' | 'queue'>();
    expectTypeOf(context.source.params?.['id']).toEqualTypeOf<string | undefined>();
    expectTypeOf(context.attempt).toBeNumber();
    expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>();
    expectTypeOf(context.idempotencyKey).toBeString();
    context.ack();
    context.retry();
    context.retry({ delay: 5 });
    context.release();
    context.deadLetter('why');
    context.drop();
    // @ts-expect-error a dead letter has a reason
    context.deadLetter();
    // @ts-expect-error a delay is a number of ms
    context.retry({ delay: '5s' });
    // @ts-expect-error a message is not changed
    context.message.data = { customer: 'other' };
  };
  expectTypeOf(use).toBeFunction();
});
