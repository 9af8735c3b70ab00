import { Controller, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InvalidOptionError, OnStream, RedisFlowModule, RedisFlowStrategy, connectRedisFlow } from 'nestjs-redis-flow';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { redisUrl } from '../../support/redis.js';

const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => void process.off('unhandledRejection', note));

const options = { logger: false, abortOnError: false } as const;
const flow = (extra: object = {}) => RedisFlowModule.forRoot({ connection: redisUrl(), group: 'pay', ...extra });
const BAD = { lease: 1 };

@Controller()
class OrdersController {
  @OnStream('orders', BAD)
  handle(): void {}
}

@Injectable()
class OrdersService {
  @OnStream('orders', BAD)
  handle(): void {}
}

@Module({ imports: [flow({ group: 5 })] })
class BadModule {}

@Module({ imports: [RedisFlowModule.forRootAsync({ useFactory: async () => ({ connection: 'nonsense' }) })] })
class BadAsyncModule {}

@Module({ imports: [flow()], controllers: [OrdersController] })
class BadController {}

@Module({ imports: [flow()], providers: [OrdersService] })
class BadProvider {}

describe('what is wrong is thrown where the caller can catch it', () => {
  it.each([BadModule, BadAsyncModule])("the module's options by NestFactory.create: %o", async (type) => {
    await expect(NestFactory.create(type, options)).rejects.toBeInstanceOf(InvalidOptionError);
  });

  it("a controller's options by connectRedisFlow", async () => {
    const app = await NestFactory.create(BadController, options);
    onTestFinished(() => app.close());
    expect(() => connectRedisFlow(app)).toThrow(InvalidOptionError);
  });

  it.each(['init', 'listen'] as const)("a provider's options by app.%s", async (step) => {
    const app = await NestFactory.create(BadProvider, options);
    onTestFinished(() => app.close());
    connectRedisFlow(app);
    await app.startAllMicroservices();
    await expect(step === 'init' ? app.init() : app.listen(0)).rejects.toBeInstanceOf(InvalidOptionError);
  });

  it.each([BadController, BadProvider])('either by listen of a pure microservice: %o', async (type) => {
    const app = await NestFactory.createMicroservice(type, {
      ...options,
      inject: [RedisFlowStrategy],
      useFactory: (strategy: RedisFlowStrategy) => ({ strategy }),
    });
    onTestFinished(() => app.close());
    await expect(app.listen()).rejects.toBeInstanceOf(InvalidOptionError);
  });

  it("a provider's options by init of an application context", async () => {
    await expect(NestFactory.createApplicationContext(BadProvider, options)).rejects.toBeInstanceOf(InvalidOptionError);
  });

  it('and nowhere else', async () => {
    await new Promise(setImmediate);
    expect(unhandled).toEqual([]);
  });
});
