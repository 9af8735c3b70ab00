import type { INestApplication, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { OnChannel, OnQueue, OnStream, RedisFlowModule, connectRedisFlow } from 'nestjs-redis-flow';
import { onTestFinished } from 'vitest';
import { type AppSpec } from '../../support/app.js';
import { redisUrl } from '../../support/redis.js';

/** What was thrown, and by which step on an application's way. */
export interface Refusal {
  readonly step: 'compile' | 'connectRedisFlow' | 'startAllMicroservices' | 'init';
  readonly error: Error;
}

async function attempt<T>(step: Refusal['step'], run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    // Carried out of the steps as a whole; `refused` takes it apart again.
    throw Object.assign(new Error(`refused by ${step}`), { refusal: { step, error } });
  }
}

/** Takes an application through its start. Gives what refused it, or undefined. */
export async function refused({ flow, imports, ...metadata }: AppSpec): Promise<Refusal | undefined> {
  let app: INestApplication | undefined;
  onTestFinished(async () => app?.close());
  try {
    const module = () => RedisFlowModule.forRoot({ connection: redisUrl(), group: 'test', ...flow });
    const moduleRef = await attempt('compile', () =>
      Test.createTestingModule({ imports: imports ?? [module()], ...metadata }).compile(),
    );
    const created = moduleRef.createNestApplication({ logger: false });
    app = created;
    await attempt('connectRedisFlow', () => connectRedisFlow(created));
    await attempt('startAllMicroservices', () => created.startAllMicroservices());
    await attempt('init', () => created.init());
    return undefined;
  } catch (error) {
    const { refusal } = error as { refusal?: Refusal };
    if (refusal === undefined) throw error;
    return refusal;
  }
}

const DECORATORS = { channel: OnChannel, stream: OnStream, queue: OnQueue } as const;

/** The class `Orders` with one handler, `handle`. Options and target are what plain JavaScript could pass. */
export function ordersWith(kind: keyof typeof DECORATORS, options?: unknown, target: unknown = 'orders'): Type {
  class Orders {
    handle(): void {}
  }
  const decorate = DECORATORS[kind] as (target: unknown, options: unknown) => MethodDecorator;
  const descriptor = Object.getOwnPropertyDescriptor(Orders.prototype, 'handle') as PropertyDescriptor;
  decorate(target, options)(Orders.prototype, 'handle', descriptor);
  return Orders;
}

/** The text that refuses an application with this handler, by way of a provider. */
export async function refusalOf(kind: keyof typeof DECORATORS, options?: unknown, target?: unknown) {
  return refused({ providers: [ordersWith(kind, options, target)] });
}

/** The text that refuses the options of the module. */
export async function moduleRefusal(flow: unknown): Promise<Refusal | undefined> {
  return refused({ flow: flow as NonNullable<AppSpec['flow']> });
}
