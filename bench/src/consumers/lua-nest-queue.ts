import { Injectable, Module } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { ExternalContextCreator, NestFactory } from '@nestjs/core';
import { Ctx, Payload } from '@nestjs/microservices';
import type { Body } from '../message.js';
import type { Consume } from './consumer.interface.js';
import { luaLoop } from './lua-queue.js';

type Handler = (body: Body, context: object) => Promise<unknown>;

/** What `@Payload()` and `@Ctx()` stand for: 3 and 6 in Nest's `RpcParamtype`. */
const PARAMS = {
  exchangeKeyForValue: (type: number, _: unknown, args: unknown[]): unknown => args[type === 3 ? 0 : 1],
};

/** The bare Lua loop before a handler that Nest has bound: what Nest's own pipeline takes, and nothing of the library. */
export const luaNestQueue: Consume = async (source, handle) => {
  @Injectable()
  class BenchHandler {
    handle(@Payload() body: Body, @Ctx() _context: object): void {
      handle(body.n);
    }
  }
  @Module({ providers: [BenchHandler] })
  class BenchModule {}

  const app = await NestFactory.createApplicationContext(BenchModule, { logger: ['error', 'warn'] });
  const instance = app.get(BenchHandler);
  const method = Reflect.get(instance, 'handle') as (...args: unknown[]) => unknown;
  const run: Handler = app
    .get(ExternalContextCreator)
    .create(instance, method, 'handle', ROUTE_ARGS_METADATA, PARAMS, undefined, undefined, undefined, 'rpc');
  const context = {};
  const loop = await luaLoop(source, (jobs) => Promise.all(jobs.map((job) => run(JSON.parse(job) as Body, context))));
  const stop = async (): Promise<void> => {
    await loop.stop();
    await app.close();
  };
  return { done: loop.done, stop };
};
