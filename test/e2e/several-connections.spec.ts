import { Controller, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  InjectRedisPublisher,
  OnQueue,
  OnStream,
  RedisFlowModule,
  RedisFlowStrategy,
  RedisPublisher,
  UnknownConnectionError,
  connectRedisFlow,
  getRedisFlowStrategyToken,
  getRedisPublisherToken,
} from 'nestjs-redis-flow';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRedisServer } from '../../tools/redis/start-server.mjs';
import { ORIGINS, type Origin, placed } from '../support/e2e/origins.js';
import { Recorder } from '../support/recorder.js';
import { plainRedis, redisUrl, unique } from '../support/redis.js';

/** An application with the server of this run as the unnamed connection, and one of its own as "billing". */
async function twoConnections(origin: Origin) {
  const server = await startRedisServer();
  onTestFinished(() => server.stop());
  const stream = unique('orders');
  const handled = new Recorder<string>();

  @Controller()
  class Orders {
    @OnStream(stream)
    handle(data: string): void {
      handled.add(`default ${data}`);
    }
  }

  @Controller()
  class Invoices {
    @OnStream(stream, { connection: 'billing' })
    @OnQueue(stream.replace('orders', 'jobs'), { connection: 'billing' })
    handle(data: string): void {
      handled.add(`billing ${data}`);
    }
  }

  @Injectable()
  class Shop {
    constructor(
      @InjectRedisPublisher() readonly own: RedisPublisher,
      @InjectRedisPublisher('billing') readonly billing: RedisPublisher,
      readonly unnamed: RedisPublisher,
    ) {}
  }

  @Module({
    imports: [
      RedisFlowModule.forRoot({ connection: redisUrl(), group: 'test' }),
      RedisFlowModule.forRoot({ name: 'billing', connection: server.url, group: 'test' }),
    ],
    ...placed(origin, [Orders, Invoices], [Shop]),
  })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { logger: false });
  onTestFinished(() => app.close());
  return { app, server, stream, handled, shop: app.get(Shop) };
}

describe.each(ORIGINS)('two connections with handlers on a %s', (origin) => {
  it('connectRedisFlow connects both; each handler gets what its own Redis has', async () => {
    const { app, server, stream, handled, shop } = await twoConnections(origin);
    expect(connectRedisFlow(app)).toHaveLength(2);
    await app.startAllMicroservices();
    await app.init();
    await shop.own.append(stream, 'here');
    await shop.billing.append(stream, 'there');
    await shop.billing.enqueue(stream.replace('orders', 'jobs'), 'job');
    expect([...(await handled.count(3))].toSorted()).toEqual(['billing job', 'billing there', 'default here']);
    expect(await plainRedis().xlen(stream)).toBe(1);
    expect(await plainRedis(server.url).xlen(stream)).toBe(1);
  });

  it('publishers are injected by name, the unnamed one by its class', async () => {
    const { app, shop } = await twoConnections(origin);
    expect(shop.own).toBe(shop.unnamed);
    expect(shop.billing).not.toBe(shop.own);
    expect(app.get(getRedisPublisherToken('billing'))).toBe(shop.billing);
    expect(app.get(getRedisFlowStrategyToken('billing'))).not.toBe(app.get(RedisFlowStrategy));
  });

  it('a name that no module provides is refused with the names that there are', async () => {
    const { app } = await twoConnections(origin);
    expect(() => connectRedisFlow(app, { name: 'biling' })).toThrow(UnknownConnectionError);
    expect(() => connectRedisFlow(app, { name: 'biling' })).toThrow(/"default", "billing"/);
  });

  it('a handler with an unknown connection is refused at the start with its own name', async () => {
    @Controller()
    class Orders {
      @OnStream(unique('orders'), { connection: 'biling' })
      handle(): void {}
    }
    const module = RedisFlowModule.forRoot({ connection: redisUrl(), group: 'test' });
    @Module({ imports: [module], ...placed(origin, Orders) })
    class AppModule {}
    const app = await NestFactory.create(AppModule, { logger: false });
    onTestFinished(() => app.close());
    connectRedisFlow(app);
    await expect(app.init()).rejects.toThrow(/Orders\.handle.*"biling".*"default"/);
  });
});

it('connectRedisFlow with a name serves the controllers of that connection only', async () => {
  const { app, stream, handled, shop } = await twoConnections('controller');
  expect(connectRedisFlow(app, { name: 'billing' })).toHaveLength(1);
  await app.startAllMicroservices();
  await app.init();
  await shop.own.append(stream, 'here');
  await shop.billing.append(stream, 'there');
  expect(await handled.count(1)).toEqual(['billing there']);
  expect(await plainRedis().xinfo('GROUPS', stream)).toEqual([]);
});
