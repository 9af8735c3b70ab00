import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Redis } from 'ioredis';
import { RedisFlowModule, RedisPublisher } from 'nestjs-redis-flow';
import { Handled } from './handled.js';

/** What a walk works with. */
export interface Tools {
  /** A plain client, which puts the prefix in front of every key by itself. */
  readonly redis: Redis;
  /** The publisher of an application that handles nothing. */
  readonly publisher: RedisPublisher;
  readonly handled: Handled;
  /** Starts an application with these handlers. */
  readonly start: (...handlers: Type[]) => Promise<INestApplicationContext>;
  readonly say: (what: string) => void;
}

/** One way from there to here, step by step. It leaves what was handled in `handled`. */
export type Walk = (tools: Tools) => Promise<void>;

/** Where a walk takes place. */
export interface Place {
  readonly connection: string;
  readonly keyPrefix: string;
  readonly say: (what: string) => void;
}

/** Walks, and says what was handled, in order. */
export async function walk(way: Walk, { connection, keyPrefix, say }: Place): Promise<readonly string[]> {
  const handled = new Handled();
  const redis = new Redis(connection, { keyPrefix });
  const apps: INestApplicationContext[] = [];
  const start = async (...handlers: Type[]): Promise<INestApplicationContext> => {
    const app = await startApp({ connection, keyPrefix }, handled, handlers);
    apps.push(app);
    return app;
  };
  try {
    const publisher = (await start()).get(RedisPublisher);
    await way({ redis, publisher, handled, start, say });
    return handled.all;
  } finally {
    await Promise.all(apps.map((app) => app.close()));
    redis.disconnect();
  }
}

/** Handlers on providers need no HTTP, and no microservice: an application context is enough. */
function startApp(
  options: { readonly connection: string; readonly keyPrefix: string },
  handled: Handled,
  handlers: readonly Type[],
): Promise<INestApplicationContext> {
  const module = {
    module: class Step {},
    imports: [RedisFlowModule.forRoot(options)],
    providers: [{ provide: Handled, useValue: handled }, ...handlers],
  };
  return NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
}
