import type { INestApplication, INestMicroservice, NestHybridApplicationOptions } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { InvalidOptionError, UnknownConnectionError } from '../errors/index.js';
import { findInstances } from './find-instances.js';
import { RedisFlowStrategy } from './redis-flow.strategy.js';

/** Strategies that an application serves already: a second time, each of its handlers would get every channel message twice. */
const connected = new WeakSet<RedisFlowStrategy>();

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
 * @throws what is wrong with a controller's handler, `UnknownConnectionError`, or `InvalidOptionError` for an application
 * that has no `RedisFlowModule`, or whose connection was connected before.
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
      'name',
    );
  for (const strategy of strategies) assertNotConnected(strategy);
  return strategies.map((strategy) => {
    const microservice = app.connectMicroservice({ strategy }, { inheritAppConfig: true, ...hybrid });
    connected.add(strategy);
    return microservice;
  });
}

function assertNotConnected(strategy: RedisFlowStrategy): void {
  if (!connected.has(strategy)) return;
  const value = `an application whose connection ${strategy.name} is connected`;
  throw new InvalidOptionError(
    'connectRedisFlow',
    'app',
    value,
    'one that is connected once: leave out the second call',
  );
}
