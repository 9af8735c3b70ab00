import { Injectable } from '@nestjs/common';
import { RedisFlowError, RedisPublisher } from 'nestjs-redis-flow';

export interface Order {
  readonly id: string;
}

/** Appends again where the first answer was lost. */
@Injectable()
export class Outbox {
  constructor(private readonly publisher: RedisPublisher) {}

  async add(order: Order): Promise<string> {
    const options = { dedupe: order.id };
    try {
      return await this.publisher.append('orders', order, options);
    } catch (error) {
      if (RedisFlowError.is(error) && error.code === 'PUBLISH_OUTCOME_UNKNOWN')
        return this.publisher.append('orders', order, options);
      throw error;
    }
  }
}
