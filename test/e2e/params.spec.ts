import { Controller, type ExecutionContext, ParseIntPipe, createParamDecorator } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import {
  Attempt,
  ChannelParam,
  MessageHeaders,
  MessageId,
  OnChannel,
  OnQueue,
  OnStream,
  RedisFlowContext,
  RedisPublisher,
} from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../support/app.js';
import { FAST_RETRY } from '../support/e2e/fast-retry.js';
import { ORIGINS, placed } from '../support/e2e/origins.js';
import { Recorder } from '../support/recorder.js';
import { unique } from '../support/redis.js';

/** A user's own decorator. */
const Tenant = createParamDecorator((fallback: string, host: ExecutionContext) => {
  const { message } = host.switchToRpc().getContext<RedisFlowContext>();
  return message.headers['tenant'] ?? fallback;
});

describe.each(ORIGINS)('parameters of a %s', (origin) => {
  it('an undecorated first parameter is the payload, with @OnStream, @OnQueue and @OnChannel', async () => {
    const [stream, queue, channel] = [unique('stream'), unique('queue'), unique('channel')];
    const handled = new Recorder<string>();
    @Controller()
    class Orders {
      @OnStream(stream)
      @OnQueue(queue)
      @OnChannel(channel)
      handle(order: string): void {
        handled.add(order);
      }
    }
    const publisher = (await hybridApp(placed(origin, Orders))).get(RedisPublisher);
    await publisher.append(stream, 'entry');
    await publisher.enqueue(queue, 'job');
    await publisher.publish(channel, 'message');
    expect([...(await handled.count(3))].toSorted()).toEqual(['entry', 'job', 'message']);
  });

  it('@Payload, @Payload(property) and @Ctx give the data, a part of it and the context, in any order', async () => {
    const stream = unique('stream');
    const handled = new Recorder<unknown[]>();
    @Controller()
    class Orders {
      @OnStream(stream)
      handle(
        @Ctx() context: RedisFlowContext,
        @Payload('lines') lines: unknown,
        @Payload() order: unknown,
        @Payload('missing') missing: unknown,
      ): void {
        handled.add([context instanceof RedisFlowContext, context.message.data, lines, order, missing]);
      }
    }
    const publisher = (await hybridApp(placed(origin, Orders))).get(RedisPublisher);
    const order = { no: 1, lines: ['a', 'b'] };
    await publisher.append(stream, order);
    expect(await handled.count(1)).toEqual([[true, order, order.lines, order, undefined]]);
  });

  it('@MessageId, @MessageHeaders, @MessageHeaders(name) and @Attempt give the facts of the message', async () => {
    const stream = unique('stream');
    const handled = new Recorder<unknown[]>();
    @Controller()
    class Orders {
      @OnStream(stream)
      handle(
        @MessageId() id: string,
        @MessageHeaders() headers: unknown,
        @MessageHeaders('tenant') tenant: string | undefined,
        @MessageHeaders('missing') missing: string | undefined,
        @Attempt() attempt: number,
      ): void {
        handled.add([id, headers, tenant, missing, attempt]);
        if (attempt === 1) throw new Error('once more');
      }
    }
    const publisher = (await hybridApp({ ...placed(origin, Orders), flow: FAST_RETRY })).get(RedisPublisher);
    const headers = { tenant: 'acme', trace: '42' };
    const id = await publisher.append(stream, {}, { headers });
    expect(await handled.count(2)).toEqual([
      [id, headers, 'acme', undefined, 1],
      [id, headers, 'acme', undefined, 2],
    ]);
  });

  it('@ChannelParam gives the path parameters of the channel, through pipes, and undefined for one that is not there', async () => {
    const channel = unique('orders');
    const handled = new Recorder<unknown[]>();
    @Controller()
    class Orders {
      @OnChannel(`${channel}:{region}:user:{id}`)
      handle(
        @Payload() order: unknown,
        @ChannelParam('id') id: string,
        @ChannelParam('region') region: string,
        @ChannelParam('no') no: unknown,
        @ChannelParam('id', ParseIntPipe) number: number,
      ): void {
        handled.add([order, id, region, no, number]);
      }
    }
    const publisher = (await hybridApp(placed(origin, Orders))).get(RedisPublisher);
    await publisher.publish(`${channel}:eu:user:17`, 'paid');
    expect(await handled.count(1)).toEqual([['paid', '17', 'eu', undefined, 17]]);
  });

  it("a user's own param decorator sees the context, beside Nest's", async () => {
    const stream = unique('stream');
    const handled = new Recorder<unknown[]>();
    @Controller()
    class Orders {
      @OnStream(stream)
      handle(@Payload() order: unknown, @Tenant('nobody') tenant: string): void {
        handled.add([order, tenant]);
      }
    }
    const publisher = (await hybridApp(placed(origin, Orders))).get(RedisPublisher);
    await publisher.append(stream, 1, { headers: { tenant: 'acme' } });
    await publisher.append(stream, 2);
    const calls = await handled.count(2);
    expect(calls).toEqual([
      [1, 'acme'],
      [2, 'nobody'],
    ]);
  });
});
