import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RedisFlowClient, RedisFlowModule, RedisFlowStrategy } from 'nestjs-redis-flow';
import { answeringController } from './answering-controller.js';
import type { RequestContender } from './service.interface.js';

/** The library's client and strategy. */
export const flowRequests = (patterns: 'channel' | 'stream'): RequestContender => ({
  label: `RedisFlowClient, patterns: '${patterns}'`,
  async serve(url, key) {
    @Module({
      imports: [RedisFlowModule.forRoot({ connection: url, patterns })],
      controllers: [answeringController(key)],
    })
    class BenchModule {}

    const app = await NestFactory.createMicroservice(BenchModule, {
      inject: [RedisFlowStrategy],
      useFactory: (strategy: RedisFlowStrategy) => ({ strategy }),
      logger: ['error', 'warn'],
      abortOnError: false,
    });
    await app.listen();
    return { stop: () => app.close() };
  },
  connect: (url) => new RedisFlowClient({ connection: url, patterns }),
});
