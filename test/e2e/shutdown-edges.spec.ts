import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Injectable, Module, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, Payload } from '@nestjs/microservices';
import { OnChannel, OnQueue, OnStream, RedisFlowContext, RedisFlowModule, connectRedisFlow } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../support/app.js';
import { PURE } from '../support/e2e/app-shapes.js';
import { ORIGINS, placed } from '../support/e2e/origins.js';
import { StreamProbe } from '../support/e2e/stream-probe.js';
import { eventually } from '../support/eventually.js';
import { Recorder } from '../support/recorder.js';
import { plainRedis, redisUrl, unique } from '../support/redis.js';

/** A read that is not woken waits for 5 s. */
const SOONER_THAN_A_READ = 4_500;
/** Handlers are waited for as long, where `shutdown.timeout` does not say anything else. */
const DEFAULT_TIMEOUT = 10_000;

async function elapsed(action: () => Promise<unknown>): Promise<number> {
  const begin = Date.now();
  await action();
  return Date.now() - begin;
}

describe.each(ORIGINS)('closing an application with handlers on a %s', (origin) => {
  it('right after the start takes no time: a read that is about to block is woken', async () => {
    const [probe, queue, channel] = [new StreamProbe(), unique('jobs'), unique('channel')];
    @Controller()
    class Orders {
      @OnStream(probe.stream)
      @OnQueue(queue)
      @OnChannel(channel)
      handle(): void {}
    }
    const app = await hybridApp(placed(origin, Orders));
    expect(await elapsed(() => app.close())).toBeLessThan(SOONER_THAN_A_READ);
  });

  it('shutdown.timeout bounds the wait: the signal fires, and the message stays pending for another', async () => {
    const probe = new StreamProbe();
    const events = new Recorder<string>();
    @Controller()
    class Orders {
      @OnStream(probe.stream)
      async handle(_: unknown, @Ctx() { signal }: RedisFlowContext): Promise<void> {
        events.add('begin');
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        events.add('aborted');
      }
    }
    const app = await hybridApp({ ...placed(origin, Orders), flow: { shutdown: { timeout: 200 } } });
    await probe.append({});
    await events.count(1);
    const took = await elapsed(() => app.close());
    expect(took).toBeGreaterThanOrEqual(190);
    expect(took).toBeLessThan(DEFAULT_TIMEOUT);
    await events.count(2);
    expect(await probe.pending()).toBe(1);
  });

  it('what was not started goes to the next application, with no attempt charged', async () => {
    const probe = new StreamProbe();
    const handled = new Recorder<string>();
    const held = new Recorder<() => void>();
    @Controller()
    class Orders {
      @OnStream(probe.stream, { concurrency: 2, lease: 500 })
      async handle(@Payload() data: string, @Ctx() context: RedisFlowContext): Promise<void> {
        handled.add(`${data} ${context.attempt}`);
        if (data === 'held') await new Promise<void>((resolve) => held.add(resolve));
      }
    }
    const first = await hybridApp(placed(origin, Orders));
    await probe.append('held');
    const [release] = await held.count(1);
    const closing = first.close();
    await probe.append('late');
    release?.();
    await closing;
    expect(handled.items).toEqual(['held 1']);
    await hybridApp(placed(origin, Orders));
    expect(await handled.count(2)).toEqual(['held 1', 'late 1']);
    await probe.settled(2);
  });

  it('twice is the same as once', async () => {
    const probe = new StreamProbe();
    const handled = new Recorder<unknown>();
    @Controller()
    class Orders {
      @OnStream(probe.stream)
      handle(data: unknown): void {
        handled.add(data);
      }
    }
    const app = await hybridApp(placed(origin, Orders));
    await Promise.all([app.close(), app.close()]);
    await app.close();
    await probe.append({});
    expect(await probe.read()).toBe(0);
    expect(handled.items).toEqual([]);
  });
});

describe('closing an application that has not finished to start', () => {
  /** The connections of an application, by the consumer's name that each of them carries. */
  async function connectionsOf(consumer: string): Promise<number> {
    const list = (await plainRedis().client('LIST')) as string;
    return list.split('\n').filter((line) => line.includes(`name=${consumer}:`)).length;
  }

  async function startingApp(start: (module: new () => unknown) => Promise<{ close(): Promise<void> }>) {
    const [stream, consumer] = [unique('stream'), unique('consumer')];
    const events = new Recorder<string>();
    @Injectable()
    class Slow implements OnModuleInit, OnModuleDestroy {
      async onModuleInit(): Promise<void> {
        events.add('init begins');
        await sleep(150);
        events.add('init ends');
      }

      onModuleDestroy(): void {
        events.add('destroy');
      }

      @OnStream(stream)
      handle(): void {
        events.add('handled');
      }
    }
    const module = RedisFlowModule.forRoot({ connection: redisUrl(), group: 'test', consumer });
    @Module({ imports: [module], providers: [Slow] })
    class AppModule {}
    await plainRedis().xadd(stream, '*', '$data', '1');
    const app = await start(AppModule);
    await events.count(1);
    await app.close();
    await events.until((items) => items.includes('init ends'));
    return { events, consumer };
  }

  it.each([
    [
      'hybrid application',
      async (module: new () => unknown) => {
        const app = await NestFactory.create(module, { logger: false });
        connectRedisFlow(app);
        void app.startAllMicroservices().then(() => app.init());
        return app;
      },
    ],
    [
      'pure microservice',
      async (module: new () => unknown) => {
        const app = await NestFactory.createMicroservice(module, PURE);
        void app.listen();
        return app;
      },
    ],
  ])('%s: nothing is handled, and no connection is left', async (_, start) => {
    const { events, consumer } = await startingApp(start);
    // What goes on after "init ends" takes a moment; then nothing may be open, and stay so.
    await sleep(300);
    await eventually(async () => expect(await connectionsOf(consumer)).toBe(0));
    expect(events.items).not.toContain('handled');
  });
});
