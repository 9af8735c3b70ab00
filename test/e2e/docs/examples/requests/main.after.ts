import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RedisFlowModule, RedisFlowStrategy } from 'nestjs-redis-flow';

export const side = (connection: string) =>
  RedisFlowModule.forRoot({ connection, patterns: { over: 'channel', wire: 'nest' } });

export const flow = (connection: string) => RedisFlowModule.forRoot({ connection, patterns: 'stream', group: 'math' });

export async function startAfter(AppModule: Type) {
  const app = await NestFactory.createMicroservice(AppModule, {
    inject: [RedisFlowStrategy],
    useFactory: (strategy: RedisFlowStrategy) => ({ strategy }),
    logger: false,
  });
  await app.listen();
  return app;
}
