import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RedisFlowStrategy } from 'nestjs-redis-flow';
import { WarehouseModule } from './warehouse.module.js';

/** One instance of the service. It answers until it is closed. */
export async function startWarehouse(instance: string): Promise<INestMicroservice> {
  const app = await NestFactory.createMicroservice(WarehouseModule.at(instance), {
    inject: [RedisFlowStrategy],
    useFactory: (strategy: RedisFlowStrategy) => ({ strategy }),
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  await app.listen();
  return app;
}
