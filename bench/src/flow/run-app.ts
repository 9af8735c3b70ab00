import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RedisFlowModule, RedisFlowStrategy } from 'nestjs-redis-flow';
import type { Consumer } from '../consumer.interface.js';
import { CONSUMER, GROUP } from '../keys.js';

/** Starts a whole Nest application around one controller. */
export async function runApp(url: string, controller: Type): Promise<Consumer> {
  @Module({
    imports: [RedisFlowModule.forRoot({ connection: url, group: GROUP, consumer: CONSUMER })],
    controllers: [controller],
  })
  class BenchModule {}

  const app = await NestFactory.createMicroservice(BenchModule, {
    inject: [RedisFlowStrategy],
    useFactory: (strategy: RedisFlowStrategy) => ({ strategy }),
    logger: ['error', 'warn'],
  });
  await app.listen();
  return { done: Promise.resolve(), stop: () => app.close() };
}
