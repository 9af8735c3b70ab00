import type { TestProject } from 'vitest/node';
import { provideRedis } from '../../tools/redis/provide-redis.mjs';

declare module 'vitest' {
  /** What tests get with `inject()`. */
  interface ProvidedContext {
    redisUrl: string;
  }
}

/** Provides `redisUrl`: REDIS_URL if it is set, or else a server that is started for the run and ended after it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const redis = await provideRedis();
  project.provide('redisUrl', redis.url);
  return () => redis.stop();
}
