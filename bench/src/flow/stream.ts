import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { OnStream, RedisFlowContext } from 'nestjs-redis-flow';
import type { Consume } from '../consumer.interface.js';
import type { Body } from '../message.js';
import { runApp } from './run-app.js';

/** `@OnStream`, with a handler that returns at once. */
export const flowStream: Consume = ({ url, key }, concurrency, tally) => {
  @Controller()
  class BenchStreamController {
    @OnStream(key, { concurrency })
    handle(@Payload() body: Body, @Ctx() _context: RedisFlowContext): void {
      tally.add(body.n);
    }
  }
  return runApp(url, BenchStreamController);
};
