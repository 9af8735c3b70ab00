import { Injectable, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Codec, RedisFlowModule } from 'nestjs-redis-flow';
import { pack, unpack } from 'msgpackr';
import {
  InjectRedisFlows,
  InjectRedisPublisher,
  RedisFlowStrategy,
  RedisFlows,
  RedisPublisher,
  getRedisFlowStrategyToken,
} from 'nestjs-redis-flow';

/** As `@nestjs/config` has it. */
@Injectable()
export class ConfigService {
  getOrThrow(name: string): string {
    const value = process.env[name];
    if (value === undefined) throw new Error(`${name} is not set`);
    return value;
  }
}

/** The same: not global. */
@Module({ providers: [ConfigService], exports: [ConfigService] })
export class ConfigModule {}

export const modules = () => [
  RedisFlowModule.forRoot({ connection: 'redis://127.0.0.1:6379', group: 'orders-service' }),
  RedisFlowModule.forRootAsync({
    imports: [ConfigModule],
    inject: [ConfigService],
    useFactory: (config: ConfigService) => ({ connection: config.getOrThrow('REDIS_URL') }),
  }),
];

@Injectable()
export class Invoices {
  constructor(
    @InjectRedisPublisher('billing') private readonly publisher: RedisPublisher,
    @InjectRedisFlows('billing') private readonly flows: RedisFlows,
  ) {}

  add(invoice: unknown): Promise<string> {
    return this.publisher.append('invoices', invoice);
  }

  get hasFlows(): boolean {
    return this.flows instanceof RedisFlows;
  }
}

export async function startBilling(AppModule: Type) {
  const worker = await NestFactory.createMicroservice(AppModule, {
    inject: [getRedisFlowStrategyToken('billing')],
    useFactory: (strategy: RedisFlowStrategy) => ({ strategy }),
    logger: false,
  });
  await worker.listen();
  return worker;
}

const msgpackCodec: Codec = { encode: (data) => pack(data), decode: (bytes) => unpack(bytes) };

export const packed = (connection: string) => RedisFlowModule.forRoot({ connection, codec: msgpackCodec });
