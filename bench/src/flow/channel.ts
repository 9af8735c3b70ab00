import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { OnChannel, RedisFlowContext } from 'nestjs-redis-flow';
import type { Consume } from '../consumer.interface.js';
import type { Body } from '../message.js';
import { runApp } from './run-app.js';

/** `@OnChannel`, with a handler that returns at once. */
export const flowChannel: Consume = ({ url, key }, concurrency, tally) => {
  @Controller()
  class BenchChannelController {
    @OnChannel(key, { concurrency })
    handle(@Payload() body: Body, @Ctx() _context: RedisFlowContext): void {
      tally.add(body.n);
    }
  }
  return runApp(url, BenchChannelController);
};
