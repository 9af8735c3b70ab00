import { Injectable } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { OnStream } from 'nestjs-redis-flow';
import { Handled } from '../handled.js';
import type { Price } from './prices.js';

@Injectable()
export class PriceKeeper {
  constructor(private readonly handled: Handled) {}

  /** The new group starts with what comes from now on: what is in the stream already, the channel has brought. */
  @OnStream('prices', { group: 'price-list', from: '$' })
  update(@Payload() price: Price): void {
    this.handled.note(price.of);
  }
}
