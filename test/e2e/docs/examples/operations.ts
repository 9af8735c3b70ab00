import { Injectable } from '@nestjs/common';
import { RedisFlowModule } from 'nestjs-redis-flow';

/** As `@nestjs/config` has it. */
@Injectable()
export class ConfigService {
  getOrThrow(name: string): string {
    const value = process.env[name];
    if (value === undefined) throw new Error(`${name} is not set`);
    return value;
  }
}

export const modules = [
  RedisFlowModule.forRoot({ connection: 'redis://127.0.0.1:6379', group: 'orders-service' }),
  RedisFlowModule.forRootAsync({
    inject: [ConfigService],
    useFactory: (config: ConfigService) => ({ connection: config.getOrThrow('REDIS_URL') }),
  }),
];
