import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { MessageHeaders, MessageId, OnStream, RedisPublisher } from 'nestjs-redis-flow';
import type { HeaderRecord } from 'nestjs-redis-flow';

export interface Order {
  readonly id: string;
}

@Controller()
export class RedriveController {
  constructor(private readonly publisher: RedisPublisher) {}

  /** Puts each dead letter back once. What fails again stays where it is. */
  @OnStream('orders:dlq', { group: 'redrive', deadLetter: false })
  async redrive(
    @Payload() order: Order,
    @MessageId() id: string,
    @MessageHeaders() headers: HeaderRecord,
  ): Promise<void> {
    if (headers['redriven'] !== undefined) return;
    await this.publisher.append('orders', order, { headers: { ...headers, redriven: id }, dedupe: `redrive:${id}` });
  }
}
