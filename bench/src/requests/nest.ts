import { Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientRedis, type MicroserviceOptions, Transport } from '@nestjs/microservices';
import type { Redis } from 'ioredis';
import { untilSubscribed } from '../consumers/nest-channel.js';
import { serverOf } from '../server-of.js';
import { answeringController } from './answering-controller.js';
import type { RequestContender } from './service.interface.js';

/** Nest's own `Transport.REDIS`, on both sides. */
export const nestRequests: RequestContender = {
  label: 'Nest Transport.REDIS',
  async serve(url, key) {
    @Module({ controllers: [answeringController(key)] })
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
    return { stop: () => app.close() };
  },
  connect(url) {
    Logger.overrideLogger(['error', 'warn']);
    return new ClientRedis(serverOf(url));
  },
};
