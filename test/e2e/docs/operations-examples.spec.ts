import { Controller, type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Payload } from '@nestjs/microservices';
import { OnStream, RedisFlowModule, RedisPublisher, connectRedisFlow } from 'nestjs-redis-flow';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, redisUrl, unique } from '../../support/redis.js';
import { Invoices, modules, packed, startBilling } from './examples/operations.js';

describe('the modules in the documentation', () => {
  it('take options from a module that is not global', async () => {
    vi.stubEnv('REDIS_URL', redisUrl());
    const [, byFactory] = modules();
    const app = await NestFactory.createApplicationContext(byFactory as DynamicModule, { logger: false });
    onTestFinished(() => app.close());
    expect(await app.get(RedisPublisher).publish(unique('nobody'), 1)).toBe(0);
  });

  it('serve and inject a connection by its name', async () => {
    const [redis, keyPrefix] = [plainRedis(), `${unique('docs')}:`];
    const flow = RedisFlowModule.forRoot({ connection: redisUrl(), keyPrefix, name: 'billing', group: 'billing' });
    const got = new Recorder<unknown>();
    @Controller()
    class Accountant {
      @OnStream('invoices', { connection: 'billing' })
      book(@Payload() invoice: unknown): void {
        got.add(invoice);
      }
    }
    @Module({ imports: [flow], controllers: [Accountant], providers: [Invoices] })
    class AppModule {}
    const worker = await startBilling(AppModule);
    onTestFinished(() => worker.close());
    await worker.get(Invoices).add({ id: 'i1' });
    expect(await got.count(1)).toEqual([{ id: 'i1' }]);
    expect(worker.get(Invoices).hasFlows).toBe(true);
    expect(await redis.xlen(`${keyPrefix}invoices`)).toBe(1);
  });

  it('carry data with another codec, and give up what it does not understand', async () => {
    const [stream, got] = [unique('packed'), new Recorder<unknown>()];
    @Controller()
    class Reader {
      @OnStream(stream, { group: 'packed' })
      read(@Payload() data: unknown): void {
        got.add(data);
      }
    }
    @Module({ imports: [packed(redisUrl())], controllers: [Reader] })
    class AppModule {}
    const app = await NestFactory.create(AppModule, { logger: false });
    onTestFinished(() => app.close());
    connectRedisFlow(app);
    await app.startAllMicroservices();
    await app.init();
    await app.get(RedisPublisher).append(stream, { at: new Date(0), bytes: Buffer.from('x') });
    expect(await got.count(1)).toEqual([{ at: new Date(0), bytes: Buffer.from('x') }]);
    await plainRedis().xadd(stream, '*', '$data', Buffer.from([0x92, 0x01]));
    await eventually(async () =>
      expect(String(await plainRedis().xrange(`${stream}:dlq`, '-', '+'))).toMatch('undecodable'),
    );
  });
});
