import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { type ChannelOptions, OnChannel, RedisFlowContext } from 'nestjs-redis-flow';
import type { Body } from '../message.js';
import type { Consume } from './consumer.interface.js';
import { runApp } from './run-app.js';

/** `@OnChannel`, with a handler that returns at once. */
export const flowChannel =
  (options: ChannelOptions): Consume =>
  (source, handle) => {
    @Controller()
    class BenchChannelController {
      @OnChannel(source.key, options)
      handle(@Payload() body: Body, @Ctx() _context: RedisFlowContext): void {
        handle(body.n);
      }
    }
    return runApp(source, BenchChannelController);
  };
