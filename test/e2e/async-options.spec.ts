import { Controller, type DynamicModule, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  OnStream,
  RedisFlowModule,
  type RedisFlowOptions,
  RedisPublisher,
  connectRedisFlow,
  getRedisPublisherToken,
} from 'nestjs-redis-flow';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PURE } from '../support/e2e/app-shapes.js';
import { Recorder } from '../support/recorder.js';
import { plainRedis, redisUrl, unique } from '../support/redis.js';

@Injectable()
class Config {
  readonly prefix = unique('prefix');

  createRedisFlowOptions(): RedisFlowOptions {
    return { connection: redisUrl(), group: 'from-config', keyPrefix: `${this.prefix}:` };
  }
}

@Module({ providers: [Config], exports: [Config] })
class ConfigModule {}

const WAYS: [string, () => DynamicModule][] = [
  [
    'useFactory with inject',
    () =>
      RedisFlowModule.forRootAsync({
        imports: [ConfigModule],
        inject: [Config],
        useFactory: (config: Config) => Promise.resolve(config.createRedisFlowOptions()),
      }),
  ],
  ['useClass', () => RedisFlowModule.forRootAsync({ useClass: Config })],
  ['useExisting', () => RedisFlowModule.forRootAsync({ imports: [ConfigModule], useExisting: Config })],
];

function appModule(module: DynamicModule, stream: string, handled: Recorder<string>) {
  @Controller()
  class Orders {
    @OnStream(stream)
    handle(data: string): void {
      handled.add(`controller ${data}`);
    }
  }
  @Injectable()
  class Audit {
    @OnStream(stream, { group: 'audit' })
    handle(data: string): void {
      handled.add(`provider ${data}`);
    }
  }
  @Module({ imports: [module], controllers: [Orders], providers: [Audit] })
  class AppModule {}
  return AppModule;
}

async function expectPrefixedAndGrouped(stream: string): Promise<void> {
  const redis = plainRedis();
  const [key, ...more] = await redis.keys(`prefix-*:${stream}`);
  expect(more).toEqual([]);
  const groups = (await redis.xinfo('GROUPS', key ?? '')) as unknown[][];
  expect(groups.map((row) => row[row.indexOf('name') + 1])).toEqual(['audit', 'from-config']);
}

describe.each(WAYS)('forRootAsync with %s', (_, forRootAsync) => {
  it('gives a hybrid application its options', async () => {
    const stream = unique('orders');
    const handled = new Recorder<string>();
    const app = await NestFactory.create(appModule(forRootAsync(), stream, handled), { logger: false });
    onTestFinished(() => app.close());
    connectRedisFlow(app);
    await app.startAllMicroservices();
    await app.init();
    await app.get(RedisPublisher).append(stream, 'x');
    expect([...(await handled.count(2))].toSorted()).toEqual(['controller x', 'provider x']);
    await expectPrefixedAndGrouped(stream);
  });

  it('gives a pure microservice its options', async () => {
    const stream = unique('orders');
    const handled = new Recorder<string>();
    const app = await NestFactory.createMicroservice(appModule(forRootAsync(), stream, handled), PURE);
    onTestFinished(() => app.close());
    await app.listen();
    await app.get(RedisPublisher).append(stream, 'x');
    expect([...(await handled.count(2))].toSorted()).toEqual(['controller x', 'provider x']);
    await expectPrefixedAndGrouped(stream);
  });
});

it('forRootAsync takes name and isGlobal beside the factory', async () => {
  const module = RedisFlowModule.forRootAsync({
    name: 'billing',
    isGlobal: false,
    useFactory: () => ({ connection: redisUrl(), group: 'test' }),
  });
  @Module({ imports: [module] })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  onTestFinished(() => app.close());
  const stream = unique('orders');
  const publisher = app.get<RedisPublisher>(getRedisPublisherToken('billing'));
  expect(await publisher.append(stream, 'x')).toMatch(/^\d+-\d+$/);
  expect(() => app.get(RedisPublisher)).toThrow(/RedisPublisher/);
});

it('a factory that rejects, or gives bad options, fails the start with its error', async () => {
  const rejecting = RedisFlowModule.forRootAsync({ useFactory: () => Promise.reject(new Error('no vault')) });
  const bad = RedisFlowModule.forRootAsync({ useFactory: () => ({ connection: 'http://localhost' }) });
  const start = (module: DynamicModule) =>
    NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  await expect(start(rejecting)).rejects.toThrow('no vault');
  await expect(start(bad)).rejects.toThrow(/connection/);
});
