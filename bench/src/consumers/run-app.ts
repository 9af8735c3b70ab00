import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RedisFlowModule, RedisFlowStrategy } from 'nestjs-redis-flow';
import { CONSUMER, GROUP } from '../keys.js';
import type { Consumer, Source } from './consumer.interface.js';

/** Starts a whole Nest application around one controller. @throws what the bootstrap throws. */
export async function runApp({ url, isUnnamed = false }: Source, controller: Type): Promise<Consumer> {
  const name = isUnnamed ? {} : { consumer: CONSUMER };
  @Module({
    imports: [RedisFlowModule.forRoot({ connection: url, group: GROUP, ...name })],
    controllers: [controller],
  })
  class BenchModule {}

  const app = await NestFactory.createMicroservice(BenchModule, {
    inject: [RedisFlowStrategy],
    useFactory: (strategy: RedisFlowStrategy) => ({ strategy }),
    logger: ['error', 'warn'],
    // A refused option is to be reported, not to end the process.
    abortOnError: false,
  });
  await app.listen();
  return { done: Promise.resolve(), stop: () => app.close() };
}
