import type { INestApplication, INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AsyncMicroserviceOptions } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { RedisFlowStrategy, connectRedisFlow } from 'nestjs-redis-flow';
import { onTestFinished } from 'vitest';

const QUIET = { logger: false } as const;

/** The options of a pure microservice, as the docs have them. */
export const PURE: AsyncMicroserviceOptions & typeof QUIET = {
  ...QUIET,
  inject: [RedisFlowStrategy],
  useFactory: (strategy: RedisFlowStrategy) => ({ strategy }),
};

/** One way to run an application: made, then started. */
export interface Shape {
  readonly name: string;
  /** Whether handlers on controllers are served. */
  readonly servesControllers: boolean;
  create(module: Type): Promise<{ app: INestApplicationContext; start: () => Promise<unknown> }>;
}

type Steps = (app: INestApplication) => Promise<unknown>;

const hybrid = (name: string, steps: Steps): Shape => ({
  name: `hybrid application: ${name}`,
  servesControllers: true,
  async create(module) {
    const app = await NestFactory.create(module, QUIET);
    connectRedisFlow(app);
    return { app, start: () => steps(app) };
  },
});

/** Every way to run an application that the library knows. */
export const SHAPES: readonly Shape[] = [
  hybrid('startAllMicroservices, then init', async (app) => {
    await app.startAllMicroservices();
    await app.init();
  }),
  hybrid('init, then startAllMicroservices', async (app) => {
    await app.init();
    await app.startAllMicroservices();
  }),
  hybrid('startAllMicroservices, then listen', async (app) => {
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
  }),
  hybrid('listen, then startAllMicroservices', async (app) => {
    await app.listen(0, '127.0.0.1');
    await app.startAllMicroservices();
  }),
  {
    name: 'pure microservice',
    servesControllers: true,
    async create(module) {
      const app = await NestFactory.createMicroservice(module, PURE);
      return { app, start: () => app.listen() };
    },
  },
  {
    name: 'testing module, microservice',
    servesControllers: true,
    async create(module) {
      const moduleRef = await Test.createTestingModule({ imports: [module] }).compile();
      const app = moduleRef.createNestMicroservice({ ...QUIET, strategy: moduleRef.get(RedisFlowStrategy) });
      return { app, start: () => app.listen() };
    },
  },
  {
    name: 'testing module, application',
    servesControllers: true,
    async create(module) {
      const app = (await Test.createTestingModule({ imports: [module] }).compile()).createNestApplication(QUIET);
      connectRedisFlow(app);
      return { app, start: () => app.startAllMicroservices().then(() => app.init()) };
    },
  },
  {
    name: 'HTTP application that is not connected',
    servesControllers: false,
    async create(module) {
      const app = await NestFactory.create(module, QUIET);
      return { app, start: () => app.init() };
    },
  },
];

/** Makes the application and sees to its end. */
export async function createIn(shape: Shape, module: Type) {
  const made = await shape.create(module);
  onTestFinished(() => made.app.close());
  return made;
}
