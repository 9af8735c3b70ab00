import type { DynamicModule, INestApplication, INestMicroservice } from '@nestjs/common';
import { Redis } from 'ioredis';
import {
  type Codec,
  type ConnectionRole,
  RedisFlowModule,
  type RedisFlowOptions,
  RedisFlowStrategy,
  connectRedisFlow,
  jsonCodec,
} from 'nestjs-redis-flow';
import { expectTypeOf, test } from 'vitest';

const url = 'redis://127.0.0.1:6379';

test('forRoot takes a connection in each form', () => {
  expectTypeOf(RedisFlowModule.forRoot({ connection: url })).toExtend<DynamicModule>();
  RedisFlowModule.forRoot({ connection: { host: 'redis', port: 6379, tls: {} } });
  RedisFlowModule.forRoot({ connection: { sentinels: [{ host: 'a', port: 1 }], name: 'mymaster' } });
  RedisFlowModule.forRoot({ connection: { cluster: ['redis://a:1', { host: 'b', port: 2 }], options: {} } });
  RedisFlowModule.forRoot({
    connection: {
      create: (role) => {
        expectTypeOf(role).toEqualTypeOf<ConnectionRole>();
        return new Redis({ lazyConnect: true });
      },
    },
  });
});

test('forRoot takes its options and the extras beside them', () => {
  RedisFlowModule.forRoot({
    name: 'billing',
    isGlobal: false,
    connection: url,
    group: 'x',
    consumer: 'me',
    keyPrefix: 'app:',
    codec: jsonCodec,
    consume: false,
    shutdown: { timeout: 0 },
    defaults: { channel: { buffer: 5 }, stream: { retry: false }, queue: { order: 'lifo' } },
  });
  RedisFlowModule.forRoot({ connection: url, defaults: { stream: { ack: 'once', orderBy: (m) => m.data.id } } });
  RedisFlowModule.forRoot({ connection: url, defaults: { stream: { reader: { from: '0' } } } });
  expectTypeOf<RedisFlowOptions['connection']>().not.toBeUndefined();
  // @ts-expect-error where is Redis?
  RedisFlowModule.forRoot({ group: 'x' });
  // @ts-expect-error misspelt
  RedisFlowModule.forRoot({ connection: url, gruop: 'x' });
  // @ts-expect-error a text
  RedisFlowModule.forRoot({ connection: 6379 });
  // @ts-expect-error a reader has nothing to acknowledge, in the defaults neither
  RedisFlowModule.forRoot({ connection: url, defaults: { stream: { reader: {}, ack: 'before' } } });
  // @ts-expect-error a channel has no retry, in its defaults neither
  RedisFlowModule.forRoot({ connection: url, defaults: { channel: { retry: false } } });
  // @ts-expect-error only a handler names its connection
  RedisFlowModule.forRoot({ connection: url, defaults: { stream: { connection: 'x' } } });
  // @ts-expect-error a factory gives a client
  RedisFlowModule.forRoot({ connection: { create: () => 'redis' } });
  // @ts-expect-error half a codec
  RedisFlowModule.forRoot({ connection: url, codec: { encode: String } });
});

test('forRootAsync takes a factory, a class or what exists', () => {
  class Config {
    createRedisFlowOptions(): RedisFlowOptions {
      return { connection: url };
    }
  }
  expectTypeOf(RedisFlowModule.forRootAsync({ useClass: Config })).toExtend<DynamicModule>();
  RedisFlowModule.forRootAsync({ useExisting: Config, name: 'billing', isGlobal: false });
  RedisFlowModule.forRootAsync({ useFactory: () => ({ connection: url }) });
  RedisFlowModule.forRootAsync({
    inject: [Config],
    imports: [],
    useFactory: async (config: Config) => config.createRedisFlowOptions(),
  });
  // @ts-expect-error a factory gives options
  RedisFlowModule.forRootAsync({ useFactory: () => ({ connection: 5 }) });
  class Other {
    create(): void {}
  }
  // @ts-expect-error another method is expected
  RedisFlowModule.forRootAsync({ useClass: Other });
});

test('an option is left out, not undefined, under exactOptionalPropertyTypes', () => {
  // @ts-expect-error leave it out
  const options: RedisFlowOptions = { connection: url, group: undefined };
  expectTypeOf(options).toExtend<RedisFlowOptions>();
});

test('a codec turns data into bytes or text, and bytes back', () => {
  expectTypeOf<Codec['encode']>().toEqualTypeOf<(data: unknown) => Buffer | string>();
  expectTypeOf<Codec['decode']>().toEqualTypeOf<(payload: Buffer) => unknown>();
});

test('connectRedisFlow takes an application and gives its microservices', () => {
  const use = (app: INestApplication, strategy: RedisFlowStrategy): void => {
    expectTypeOf(connectRedisFlow(app)).toEqualTypeOf<INestMicroservice[]>();
    connectRedisFlow(app, { name: 'billing', inheritAppConfig: false });
    // @ts-expect-error misspelt
    connectRedisFlow(app, { nmae: 'billing' });
    strategy.on('disconnected', (reason) => expectTypeOf(reason).toBeString());
    strategy.status.subscribe((status) => expectTypeOf(status).toEqualTypeOf<'connected' | 'disconnected'>());
  };
  expectTypeOf(use).toBeFunction();
});
