import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { OnQueue, type QueueOptions, RedisFlowContext } from 'nestjs-redis-flow';
import type { Body } from '../message.js';
import type { Consume } from './consumer.interface.js';
import { runApp } from './run-app.js';

/** `@OnQueue`, with a handler that returns at once. */
export const flowQueue =
  (options: QueueOptions): Consume =>
  (source, handle) => {
    @Controller()
    class BenchQueueController {
      @OnQueue(source.key, options)
      handle(@Payload() body: Body, @Ctx() _context: RedisFlowContext): void {
        handle(body.n);
      }
    }
    return runApp(source, BenchQueueController);
  };

/** `@OnQueue`, with a batch handler that returns at once. */
export const flowQueueBatch =
  (options: QueueOptions): Consume =>
  (source, handle) => {
    @Controller()
    class BenchQueueBatchController {
      @OnQueue(source.key, options)
      handle(@Payload() bodies: readonly Body[], @Ctx() _context: RedisFlowContext): void {
        for (const { n } of bodies) handle(n);
      }
    }
    return runApp(source, BenchQueueBatchController);
  };
