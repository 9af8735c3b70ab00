import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { OnQueue, RedisFlowContext } from 'nestjs-redis-flow';
import type { Consume } from '../consumer.interface.js';
import type { Body } from '../message.js';
import { runApp } from './run-app.js';

/** `@OnQueue`, with a handler that returns at once. */
export const flowQueue: Consume = ({ url, key }, concurrency, tally) => {
  @Controller()
  class BenchQueueController {
    @OnQueue(key, { concurrency })
    handle(@Payload() body: Body, @Ctx() _context: RedisFlowContext): void {
      tally.add(body.n);
    }
  }
  return runApp(url, BenchQueueController);
};
