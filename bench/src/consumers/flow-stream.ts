import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { OnStream, RedisFlowContext, type StreamOptions } from 'nestjs-redis-flow';
import type { Body } from '../message.js';
import type { Consume } from './consumer.interface.js';
import { runApp } from './run-app.js';

/** `@OnStream`, with a handler that returns at once. */
export const flowStream =
  (options: StreamOptions): Consume =>
  (source, handle) => {
    @Controller()
    class BenchStreamController {
      @OnStream(source.key, options)
      handle(@Payload() body: Body, @Ctx() _context: RedisFlowContext): void {
        handle(body.n);
      }
    }
    return runApp(source, BenchStreamController);
  };

/** `@OnStream`, with a batch handler that returns at once. */
export const flowStreamBatch =
  (options: StreamOptions): Consume =>
  (source, handle) => {
    @Controller()
    class BenchBatchController {
      @OnStream(source.key, options)
      handle(@Payload() bodies: readonly Body[], @Ctx() _context: RedisFlowContext): void {
        for (const { n } of bodies) handle(n);
      }
    }
    return runApp(source, BenchBatchController);
  };
