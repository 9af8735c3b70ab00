import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { type RedisFlowEvent, RedisFlowEvents, RedisFlowModule } from 'nestjs-redis-flow';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRedisServer } from '../../../tools/redis/start-server.mjs';
import { hybridApp } from '../../support/app.js';
import { Recorder } from '../../support/recorder.js';
import { redisUrl } from '../../support/redis.js';

/** Subscribes before anything has happened. */
@Injectable()
class Listener {
  readonly seen = new Recorder<RedisFlowEvent>();

  constructor(readonly events: RedisFlowEvents) {
    events.events$.subscribe(this.seen.add);
  }
}

@Module({ providers: [Listener] })
class FeatureModule {}

const flow = (extra: object = {}) =>
  RedisFlowModule.forRoot({ connection: redisUrl(), group: 'test', consume: false, ...extra });

describe('the events of an application', () => {
  it.each([
    ['one module', () => [flow()]],
    ['one that is not global', () => [flow({ isGlobal: false })]],
    ['several', () => [flow(), flow({ name: 'billing' })]],
    ['several that are not global', () => [flow({ isGlobal: false }), flow({ name: 'billing', isGlobal: false })]],
    ['one with a name', () => [flow({ name: 'billing', isGlobal: false })]],
    [
      'one with a factory',
      () => [RedisFlowModule.forRootAsync({ useFactory: () => ({ connection: redisUrl(), consume: false }) })],
    ],
  ])('can be injected anywhere, and are the same everywhere, with %s', async (_, modules) => {
    const moduleRef = await Test.createTestingModule({ imports: [...modules(), FeatureModule] }).compile();
    onTestFinished(() => moduleRef.close());
    const { events } = moduleRef.get(Listener, { strict: false });
    expect(events).toBeInstanceOf(RedisFlowEvents);
    expect(moduleRef.get(RedisFlowEvents, { strict: false, each: true })).toEqual([events]);
  });

  it('are those of one application, not of two', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => Test.createTestingModule({ imports: [flow()] }).compile()));
    onTestFinished(async () => void (await Promise.all([one?.close(), two?.close()])));
    expect(one?.get(RedisFlowEvents)).not.toBe(two?.get(RedisFlowEvents));
  });
});

describe('a connection', () => {
  it('tells when it comes up, goes down and is back, by its name', async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.stop());
    const app = await hybridApp({
      imports: [flow({ name: 'billing', connection: server.url })],
      providers: [Listener],
      flow: { consume: false },
    });
    const { seen } = app.get(Listener);
    const ofBilling = () => seen.items.filter((event) => event.type === 'connection' && event.connection === 'billing');
    await seen.until(() => ofBilling().length >= 1);
    await server.stop();
    await seen.until(() => ofBilling().length >= 2);
    const again = await startRedisServer({ port: server.port });
    onTestFinished(() => again.stop());
    await seen.until(() => ofBilling().length >= 3);
    expect(ofBilling()).toEqual([
      { type: 'connection', connection: 'billing', isUp: true },
      { type: 'connection', connection: 'billing', isUp: false, reason: expect.any(String) },
      { type: 'connection', connection: 'billing', isUp: true },
    ]);
    await seen.until((items) =>
      items.some((event) => event.type === 'connection' && event.connection === 'default' && event.isUp),
    );
    expect(seen.items).toContainEqual({ type: 'connection', connection: 'default', isUp: true });
  });

  it('that is not there at the start is down, with the reason', async () => {
    const app = await hybridApp({ providers: [Listener], flow: { connection: 'redis://127.0.0.1:1' } });
    const [event] = await app.get(Listener).seen.count(1);
    expect(event).toEqual({
      type: 'connection',
      connection: 'default',
      isUp: false,
      reason: 'connect ECONNREFUSED 127.0.0.1:1',
    });
  });

  it('that is closed on purpose is not worth an event', async () => {
    const app = await hybridApp({ providers: [Listener], flow: { consume: false } });
    const { seen } = app.get(Listener);
    await seen.count(1);
    await app.close();
    expect(seen.items).toEqual([{ type: 'connection', connection: 'default', isUp: true }]);
  });
});
