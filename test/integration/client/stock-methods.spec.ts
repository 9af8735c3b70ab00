import { Controller } from '@nestjs/common';
import { EXCEPTION_FILTERS_METADATA } from '@nestjs/common/constants.js';
import { EventPattern, MessagePattern, Transport } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { OnStream, RedisFlowModule, connectRedisFlow } from 'nestjs-redis-flow';
import { expect, it, onTestFinished } from 'vitest';
import { LogSink } from '../../support/log-sink.js';
import { redisUrl, unique } from '../../support/redis.js';

function mixedController(stream: string) {
  @Controller()
  class Mixed {
    @EventPattern(`${stream}.event`)
    onEvent(_data: unknown): void {}

    @MessagePattern(`${stream}.request`)
    onRequest(): void {}

    @EventPattern(`${stream}.tcp`, Transport.TCP)
    onTcp(_data: unknown): void {}

    @OnStream(stream)
    onEntry(): void {}
  }
  return Mixed;
}

async function mixedApp(controller: ReturnType<typeof mixedController>, logger: LogSink) {
  const module = RedisFlowModule.forRoot({ connection: redisUrl(), group: 'test', patterns: 'stream' });
  const moduleRef = await Test.createTestingModule({ imports: [module], controllers: [controller] }).compile();
  const app = moduleRef.createNestApplication({ logger });
  onTestFinished(() => app.close());
  return app;
}

it('stock handlers that nobody has connected are warned about, by name', async () => {
  const logger = new LogSink();
  const app = await mixedApp(mixedController(unique('mixed')), logger);
  await app.init();
  expect(logger.of('RedisFlowModule', 'warn')).toEqual([
    expect.stringContaining(
      'not served yet: Mixed.onEntry, Mixed.onEvent, Mixed.onRequest. Call connectRedisFlow(app)',
    ),
  ]);
});

it('only the stock events that are served get a filter that watches, beside the one of our own handlers', async () => {
  const controller = mixedController(unique('mixed'));
  const app = await mixedApp(controller, new LogSink());
  connectRedisFlow(app);
  await app.init();
  const filters = (method: keyof InstanceType<typeof controller>): number =>
    ((Reflect.getMetadata(EXCEPTION_FILTERS_METADATA, controller.prototype[method]) ?? []) as unknown[]).length;
  expect({
    onEvent: filters('onEvent'),
    onRequest: filters('onRequest'),
    onTcp: filters('onTcp'),
    onEntry: filters('onEntry'),
  }).toEqual({ onEvent: 1, onRequest: 0, onTcp: 0, onEntry: 1 });
});
