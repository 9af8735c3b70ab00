import type { INestApplication, INestMicroservice, LoggerService, ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { RedisFlowModule, type RedisFlowOptions, RedisFlowStrategy, connectRedisFlow } from 'nestjs-redis-flow';
import { onTestFinished } from 'vitest';
import { redisUrl } from './redis.js';

/** What a test says about its application. */
export interface AppSpec extends ModuleMetadata {
  readonly flow?: Partial<RedisFlowOptions>;
  /** Where Nest's log goes. @default nowhere */
  readonly logger?: LoggerService;
  /** Called before the strategy is connected: the place for global pipes and the like. */
  readonly configure?: (app: INestApplication) => void;
}

function compile({ flow, imports = [], controllers = [], providers = [] }: AppSpec) {
  const module = RedisFlowModule.forRoot({ connection: redisUrl(), group: 'test', ...flow });
  return Test.createTestingModule({ imports: [module, ...imports], controllers, providers }).compile();
}

/** A hybrid application without an HTTP port; it is closed when the test has finished. */
export async function hybridApp(spec: AppSpec): Promise<INestApplication> {
  const moduleRef = await compile(spec);
  const app = moduleRef.createNestApplication({ logger: spec.logger ?? false });
  onTestFinished(() => app.close());
  spec.configure?.(app);
  connectRedisFlow(app);
  await app.startAllMicroservices();
  await app.init();
  return app;
}

/** A pure microservice; it is closed when the test has finished. */
export async function pureApp(spec: AppSpec): Promise<INestMicroservice> {
  const moduleRef = await compile(spec);
  const app = moduleRef.createNestMicroservice({
    strategy: moduleRef.get(RedisFlowStrategy, { strict: false }),
    logger: spec.logger ?? false,
  });
  onTestFinished(() => app.close());
  await app.listen();
  return app;
}
