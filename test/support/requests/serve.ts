import type { INestMicroservice, LoggerService, Type } from '@nestjs/common';
import { RedisFlowClient, type RedisFlowClientOptions, type RedisFlowOptions } from 'nestjs-redis-flow';
import { onTestFinished } from 'vitest';
import { pureApp } from '../app.js';
import { redisUrl } from '../redis.js';

export type Over = 'channel' | 'stream';

/** A service whose handlers are Nest's own; it is closed when the test has finished. */
export function serve(
  controller: Type,
  flow: Partial<RedisFlowOptions> & Pick<RedisFlowOptions, 'patterns'>,
  logger?: LoggerService,
): Promise<INestMicroservice> {
  return pureApp({ controllers: [controller], flow, ...(logger && { logger }) });
}

/** A client; it is closed when the test has finished. */
export function clientOf(options: Partial<RedisFlowClientOptions> & Pick<RedisFlowClientOptions, 'patterns'>) {
  const client = new RedisFlowClient({ connection: redisUrl(), ...options });
  onTestFinished(() => client.close());
  return client;
}
