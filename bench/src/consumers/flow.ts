import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { RedisFlowContext } from 'nestjs-redis-flow';
import type { Body } from '../message.js';
import type { Consume } from './consumer.interface.js';
import { runApp } from './run-app.js';

/** The library's decorator for a stream, a queue or a channel. */
type Decorate = (key: string) => MethodDecorator;

/** A handler of the library that returns at once. */
export const flow =
  (decorate: Decorate): Consume =>
  (source, handle) => {
    @Controller()
    class BenchController {
      @decorate(source.key)
      handle(@Payload() body: Body, @Ctx() _context: RedisFlowContext): void {
        handle(body.n);
      }
    }
    return runApp(source, BenchController);
  };

/** The same with batches. */
export const flowBatch =
  (decorate: Decorate): Consume =>
  (source, handle) => {
    @Controller()
    class BenchBatchController {
      @decorate(source.key)
      handle(@Payload() bodies: readonly Body[], @Ctx() _context: RedisFlowContext): void {
        for (const { n } of bodies) handle(n);
      }
    }
    return runApp(source, BenchBatchController);
  };
