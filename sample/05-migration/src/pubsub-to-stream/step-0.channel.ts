import { Injectable } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { OnChannel, type RedisPublisher } from 'nestjs-redis-flow';
import { Handled } from '../handled.js';
import type { Price } from './prices.js';

@Injectable()
export class PriceListener {
  constructor(private readonly handled: Handled) {}

  /** Whoever listens now gets it. What comes while nobody listens is gone. */
  @OnChannel('prices')
  update(@Payload() price: Price): void {
    this.handled.note(price.of);
  }
}

export async function publishPrice(publisher: RedisPublisher, price: Price): Promise<void> {
  await publisher.publish('prices', price);
}
