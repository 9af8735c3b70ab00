import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Attempt, OnStream, RedisPublisher } from 'nestjs-redis-flow';
import { Bank } from './bank.js';
import { OrderDto } from './order.dto.js';

@Controller()
export class OrdersController {
  constructor(
    private readonly publisher: RedisPublisher,
    private readonly bank: Bank,
  ) {}

  @Post('orders')
  @HttpCode(202)
  async place(@Body() order: OrderDto): Promise<{ id: string }> {
    return { id: await this.publisher.append('orders', order) };
  }

  /** Returning acknowledges the entry, throwing retries it. An entry that is not an order is given up at once. */
  @OnStream('orders', { retry: { attempts: 3, backoff: { type: 'exponential', delay: 200 } } })
  charge(@Payload() order: OrderDto, @Attempt() attempt: number): string {
    return this.bank.charge(order, attempt);
  }
}
