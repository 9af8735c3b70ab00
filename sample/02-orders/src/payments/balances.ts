import { Injectable } from '@nestjs/common';
import { redisSettings } from '../redis-settings.js';

/** Where the customers' balances lie in Redis. */
@Injectable()
export class Balances {
  private readonly prefix = redisSettings().keyPrefix;

  /** With the prefix: what `context.transaction.call` sends goes to Redis as it is. */
  keyOf(customer: string): string {
    return `${this.prefix}balance:${customer}`;
  }
}
