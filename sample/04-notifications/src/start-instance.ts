import type { INestApplication, LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

/** One instance of the application. It only publishes and has flows, so there is no strategy to be connected. */
export async function startInstance(port: number, logger: LogLevel[] | false): Promise<INestApplication> {
  const app = await NestFactory.create(AppModule, { logger, abortOnError: false });
  // The page goes from one instance to another, which is another origin.
  app.enableCors();
  app.enableShutdownHooks();
  await app.listen(port, '127.0.0.1');
  return app;
}
