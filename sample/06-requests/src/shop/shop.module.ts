import { Module } from '@nestjs/common';
import { ClientsModule } from '@nestjs/microservices';
import { RedisFlowClient } from 'nestjs-redis-flow';
import { redisSettings } from '../redis-settings.js';
import { Shop, WAREHOUSE } from './shop.js';

@Module({
  imports: [
    ClientsModule.registerAsync([
      {
        name: WAREHOUSE,
        useFactory: () => ({ customClass: RedisFlowClient, options: { ...redisSettings(), patterns: 'stream' } }),
      },
    ]),
  ],
  providers: [Shop],
})
export class ShopModule {}
