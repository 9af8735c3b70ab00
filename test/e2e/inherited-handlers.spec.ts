import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { OnChannel, OnStream, RedisFlowContext, RedisPublisher } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../support/app.js';
import { ORIGINS, placed } from '../support/e2e/origins.js';
import { StreamProbe } from '../support/e2e/stream-probe.js';
import { Recorder } from '../support/recorder.js';
import { unique } from '../support/redis.js';

describe.each(ORIGINS)('inherited handlers of a %s', (origin) => {
  it('a handler that is inherited is served, with the instance and the parameters of its class', async () => {
    const probe = new StreamProbe();
    const handled = new Recorder<string>();
    abstract class Base {
      abstract readonly name: string;

      @OnStream(probe.stream)
      handle(@Ctx() context: RedisFlowContext, @Payload('no') no: number): void {
        handled.add(`${this.name} ${context.attempt} ${no}`);
      }
    }
    @Controller()
    class Orders extends Base {
      readonly name = 'orders';
    }
    await hybridApp(placed(origin, Orders));
    await probe.append({ no: 7 });
    expect(await handled.count(1)).toEqual(['orders 1 7']);
  });

  it('two classes that inherit one handler are both served', async () => {
    const channel = unique('channel');
    const handled = new Recorder<string>();
    abstract class Base {
      abstract readonly name: string;

      @OnChannel(channel)
      handle(): void {
        handled.add(this.name);
      }
    }
    @Controller()
    class Orders extends Base {
      readonly name = 'orders';
    }
    @Controller()
    class Invoices extends Base {
      readonly name = 'invoices';
    }
    const publisher = (await hybridApp(placed(origin, [Orders, Invoices]))).get(RedisPublisher);
    await publisher.publish(channel, 'paid');
    expect([...(await handled.count(2))].toSorted()).toEqual(['invoices', 'orders']);
  });

  it('a method that overrides a handler without a decorator of its own is not served', async () => {
    const [inherited, own] = [new StreamProbe(), new StreamProbe()];
    const handled = new Recorder<string>();
    class Base {
      @OnStream(inherited.stream)
      handle(): void {
        handled.add('base');
      }
    }
    @Controller()
    class Orders extends Base {
      override handle(): void {
        handled.add('overridden');
      }

      @OnStream(own.stream)
      other(): void {
        handled.add('other');
      }
    }
    await hybridApp(placed(origin, Orders));
    await inherited.append({});
    await own.append({});
    await own.settled(1);
    expect(handled.items).toEqual(['other']);
    expect(await inherited.read()).toBe(0);
  });
});
