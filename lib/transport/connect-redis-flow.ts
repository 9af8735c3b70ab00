import type { INestApplication, INestMicroservice, NestHybridApplicationOptions } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { InvalidOptionError, UnknownConnectionError } from '../errors/index.js';
import { findInstances } from './find-instances.js';
import { RedisFlowStrategy } from './redis-flow.strategy.js';

/** Options of `connectRedisFlow`. */
export interface ConnectRedisFlowOptions extends NestHybridApplicationOptions {
  /** Only this connection. @default every connection of the application */
  readonly name?: string;
}

/**
 * Lets an HTTP application handle messages too: it connects the strategy of each connection. Global pipes, guards,
 * interceptors and filters of the application apply to the handlers (`inheritAppConfig`, on by default) as far as they
 * were set before this call.
 *
 * @returns Nest's microservices, one for each connection.
 * @throws what is wrong with a controller's handler, or `UnknownConnectionError`.
 * @example
 * ```ts
 * const app = await NestFactory.create(AppModule);
 * app.useGlobalPipes(new ValidationPipe());
 * connectRedisFlow(app);
 * app.enableShutdownHooks();
 * await app.startAllMicroservices();
 * await app.listen(3000);
 * ```
 * @see https://docs.nestjs.com/faq/hybrid-application
 */
export function connectRedisFlow(app: INestApplication, options: ConnectRedisFlowOptions = {}): INestMicroservice[] {
  const { name, ...hybrid } = options;
  const all = findInstances(app.get(ModulesContainer), RedisFlowStrategy);
  if (all.length === 0) {
    throw new InvalidOptionError(
      'connectRedisFlow',
      'app',
      'an application without RedisFlowModule',
      'one that imports RedisFlowModule.forRoot(…)',
    );
  }
  const strategies = name === undefined ? all : all.filter((strategy) => strategy.name === name);
  if (strategies.length === 0)
    throw new UnknownConnectionError(
      'connectRedisFlow',
      String(name),
      all.map((each) => each.name),
    );
  return strategies.map((strategy) => app.connectMicroservice({ strategy }, { inheritAppConfig: true, ...hybrid }));
}
