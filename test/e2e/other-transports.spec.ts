import { Controller } from '@nestjs/common';
import { ClientProxyFactory, EventPattern, MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import {
  OnStream,
  REDIS_FLOW_TRANSPORT,
  RedisFlowModule,
  RedisFlowStrategy,
  connectRedisFlow,
} from 'nestjs-redis-flow';
import { firstValueFrom } from 'rxjs';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../tools/redis/free-port.mjs';
import { SpyStrategy } from '../support/e2e/spy-strategy.js';
import { StreamProbe } from '../support/e2e/stream-probe.js';
import { Recorder } from '../support/recorder.js';
import { redisUrl } from '../support/redis.js';

/** An application with stock handlers and one of ours, not yet connected to anything. */
async function mixedApp(probe: StreamProbe, handled: Recorder<string>) {
  @Controller()
  class Orders {
    @EventPattern('event')
    onEvent(data: unknown): void {
      handled.add(`event ${JSON.stringify(data)}`);
    }

    @MessagePattern('sum')
    sum(@Payload() numbers: number[]): number {
      return numbers.reduce((a, b) => a + b, 0);
    }

    @OnStream(probe.stream)
    handle(): void {
      handled.add('stream');
    }
  }
  const module = RedisFlowModule.forRoot({ connection: redisUrl(), group: 'test' });
  const moduleRef = await Test.createTestingModule({ imports: [module], controllers: [Orders] }).compile();
  const app = moduleRef.createNestApplication({ logger: false });
  onTestFinished(() => app.close());
  return app;
}

it('stock @EventPattern and @MessagePattern handlers are left alone by the strategy', async () => {
  const probe = new StreamProbe();
  const handled = new Recorder<string>();
  const app = await mixedApp(probe, handled);
  connectRedisFlow(app);
  await app.startAllMicroservices();
  await app.init();
  const strategy = app.get(RedisFlowStrategy);
  const patterns = [...strategy.getHandlers().keys()];
  expect(patterns).toHaveLength(1);
  expect(patterns[0]).toContain(probe.stream);
  await probe.append({});
  await probe.settled(1);
  expect(handled.items).toEqual(['stream']);
});

it.each([['before'], ['after']])('another strategy, connected %s ours, does not get our handlers', async (order) => {
  const probe = new StreamProbe();
  const handled = new Recorder<string>();
  const app = await mixedApp(probe, handled);
  const spy = Object.assign(new SpyStrategy(), { transportId: Symbol('spy') });
  if (order === 'after') connectRedisFlow(app);
  app.connectMicroservice({ strategy: spy });
  if (order === 'before') connectRedisFlow(app);
  await app.startAllMicroservices();
  await app.init();
  expect(spy.isListening).toBe(true);
  expect(spy.patterns).toEqual(['event', 'sum']);
  await probe.append({});
  await probe.settled(1);
  expect(handled.items).toEqual(['stream']);
});

it('a TCP microservice in the same application serves its own handlers beside ours', async () => {
  const probe = new StreamProbe();
  const handled = new Recorder<string>();
  const app = await mixedApp(probe, handled);
  const options = { host: '127.0.0.1', port: await freePort() };
  const tcp = app.connectMicroservice({ transport: Transport.TCP, options });
  connectRedisFlow(app);
  await app.startAllMicroservices();
  await app.init();
  const client = ClientProxyFactory.create({ transport: Transport.TCP, options });
  onTestFinished(() => client.close());
  expect(await firstValueFrom(client.send<number>('sum', [1, 2, 3]))).toBe(6);
  await probe.append({});
  await probe.settled(1);
  await firstValueFrom(client.emit('event', {}), { defaultValue: undefined });
  expect([...(await handled.count(2))].toSorted()).toEqual(['event {}', 'stream']);
  expect(tcp.getTransportServer()).not.toBe(app.get(RedisFlowStrategy));
});

it('the strategy and its handlers carry the transport id whose description is redis-flow', async () => {
  const app = await mixedApp(new StreamProbe(), new Recorder<string>());
  expect(app.get(RedisFlowStrategy).transportId).toBe(REDIS_FLOW_TRANSPORT);
  expect(REDIS_FLOW_TRANSPORT.description).toBe('redis-flow');
});
