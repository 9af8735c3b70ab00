import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';

export async function startBefore(AppModule: Type, host: string, port: number) {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(AppModule, {
    transport: Transport.REDIS,
    options: { host, port, retryAttempts: 10 },
    logger: false,
  });
  await app.listen();
  return app;
}
