import { type DynamicModule, Module } from '@nestjs/common';
import { RedisFlowModule } from 'nestjs-redis-flow';
import { redisSettings } from '../redis-settings.js';
import { Clerk } from './clerk.js';
import { WarehouseController } from './warehouse.controller.js';

@Module({
  imports: [RedisFlowModule.forRootAsync({ useFactory: () => ({ ...redisSettings(), patterns: 'stream' }) })],
  controllers: [WarehouseController],
})
export class WarehouseModule {
  /** The module of one instance. */
  static at(instance: string): DynamicModule {
    return { module: WarehouseModule, providers: [{ provide: Clerk, useValue: new Clerk(instance) }] };
  }
}
