import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import {
  DuplicateHandlerError,
  OnChannel,
  OnQueue,
  OnStream,
  RedisFlowContext,
  RedisPublisher,
} from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../support/app.js';
import { ORIGINS, placed } from '../support/e2e/origins.js';
import { StreamProbe } from '../support/e2e/stream-probe.js';
import { Recorder } from '../support/recorder.js';
import { unique } from '../support/redis.js';

describe.each(ORIGINS)('several decorators on a %s', (origin) => {
  it('@OnStream, @OnQueue and @OnChannel on one method: it handles all three, and the context says which', async () => {
    const [stream, queue, channel] = [unique('stream'), unique('queue'), unique('channel')];
    const handled = new Recorder<string>();
    @Controller()
    class Orders {
      @OnChannel(channel)
      @OnStream(stream)
      @OnQueue(queue)
      handle(@Payload() data: string, @Ctx() { source }: RedisFlowContext): void {
        handled.add(`${data} of ${source.mechanism} ${source.key}`);
      }
    }
    const publisher = (await hybridApp(placed(origin, Orders))).get(RedisPublisher);
    await publisher.append(stream, 'entry');
    await publisher.enqueue(queue, 'job');
    await publisher.publish(channel, 'message');
    const expected = [`entry of stream ${stream}`, `job of queue ${queue}`, `message of channel ${channel}`];
    expect([...(await handled.count(3))].toSorted()).toEqual(expected);
  });

  it('arrays of targets: each one is handled', async () => {
    const [streams, queues, channels] = ['stream', 'queue', 'channel'].map((kind) => [unique(kind), unique(kind)]) as [
      string[],
      string[],
      string[],
    ];
    const handled = new Recorder<string>();
    @Controller()
    class Orders {
      @OnStream(streams)
      @OnQueue(queues)
      @OnChannel(channels)
      handle(_: unknown, @Ctx() context: RedisFlowContext): void {
        handled.add(context.source.key);
      }
    }
    const publisher = (await hybridApp(placed(origin, Orders))).get(RedisPublisher);
    for (const stream of streams) await publisher.append(stream, {});
    for (const queue of queues) await publisher.enqueue(queue, {});
    for (const channel of channels) await publisher.publish(channel, {});
    expect([...(await handled.count(6))].toSorted()).toEqual([...streams, ...queues, ...channels].toSorted());
  });

  it('the same stream in two groups on one method: each group gets every message', async () => {
    const probe = new StreamProbe('one');
    const handled = new Recorder<string>();
    @Controller()
    class Orders {
      @OnStream(probe.stream, { group: 'one' })
      @OnStream(probe.stream, { group: 'two' })
      handle(@Payload() data: unknown, @Ctx() context: RedisFlowContext): void {
        handled.add(`${String(data)} in ${context.source.group ?? ''}`);
      }
    }
    await hybridApp(placed(origin, Orders));
    await probe.append(1, 2);
    expect([...(await handled.count(4))].toSorted()).toEqual(['1 in one', '1 in two', '2 in one', '2 in two']);
    await probe.settled(2, 'one');
    await probe.settled(2, 'two');
    expect(handled.items).toHaveLength(4);
  });

  it('the same stream and group twice on one method is refused with the name of the method', async () => {
    const stream = unique('stream');
    @Controller()
    class Orders {
      @OnStream(stream, { group: 'one' })
      @OnStream(stream, { group: 'one' })
      handle(): void {}
    }
    const starting = hybridApp(placed(origin, Orders));
    await expect(starting).rejects.toThrow(DuplicateHandlerError);
    await expect(starting).rejects.toThrow(/Orders\.handle/);
  });

  it('two methods on one channel both get every message', async () => {
    const channel = unique('channel');
    const handled = new Recorder<string>();
    @Controller()
    class Orders {
      @OnChannel(channel)
      first(data: string): void {
        handled.add(`first ${data}`);
      }

      @OnChannel(channel)
      second(data: string): void {
        handled.add(`second ${data}`);
      }
    }
    @Controller()
    class Audit {
      @OnChannel(channel)
      note(data: string): void {
        handled.add(`audit ${data}`);
      }
    }
    const publisher = (await hybridApp(placed(origin, [Orders, Audit]))).get(RedisPublisher);
    await publisher.publish(channel, 'paid');
    expect([...(await handled.count(3))].toSorted()).toEqual(['audit paid', 'first paid', 'second paid']);
  });

  it('one method that fails on a channel does not keep the message from the others', async () => {
    const channel = unique('channel');
    const handled = new Recorder<string>();
    @Controller()
    class Orders {
      @OnChannel(channel)
      failing(): never {
        throw new Error('no');
      }

      @OnChannel(channel)
      working(data: string): void {
        handled.add(data);
      }
    }
    const publisher = (await hybridApp(placed(origin, Orders))).get(RedisPublisher);
    await publisher.publish(channel, 'a');
    await publisher.publish(channel, 'b');
    expect(await handled.count(2)).toEqual(['a', 'b']);
  });
});
