import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, type MicroserviceOptions, Payload, RedisContext, Transport } from '@nestjs/microservices';
import type { Redis } from 'ioredis';
import type { Body } from '../message.js';
import { serverOf } from '../server-of.js';
import type { Consume } from './consumer.interface.js';

/** Nest's own transport resolves before its SUBSCRIBE is answered. */
export async function untilSubscribed(redis: Redis, channel: string): Promise<void> {
  for (;;) {
    const [, subscribers] = (await redis.pubsub('NUMSUB', channel)) as [string, number];
    if (Number(subscribers) > 0) return;
  }
}

/** `@EventPattern` on Nest's own Redis transport, with a handler that returns at once. */
export const nestChannel: Consume = async ({ url, key }, handle) => {
  @Controller()
  class BenchEventController {
    @EventPattern<string>(key)
    handle(@Payload() body: Body, @Ctx() _context: RedisContext): void {
      handle(body.n);
    }
  }

  @Module({ controllers: [BenchEventController] })
  class BenchModule {}

  const app = await NestFactory.createMicroservice<MicroserviceOptions>(BenchModule, {
    transport: Transport.REDIS,
    options: serverOf(url),
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  await app.listen();
  const [publishing] = app.unwrap<[Redis, Redis]>();
  await untilSubscribed(publishing, key);
  return { done: Promise.resolve(), stop: () => app.close() };
};
