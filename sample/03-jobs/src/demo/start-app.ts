import type { INestMicroservice, LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RedisFlowStrategy } from 'nestjs-redis-flow';
import { AppModule } from '../app.module.js';

/** The application as a pure microservice, at work. */
export async function startApp(logger: LogLevel[] | false): Promise<INestMicroservice> {
  const app = await NestFactory.createMicroservice(AppModule, {
    inject: [RedisFlowStrategy],
    useFactory: (strategy: RedisFlowStrategy) => ({ strategy }),
    logger,
    abortOnError: false,
  });
  await app.listen();
  return app;
}
