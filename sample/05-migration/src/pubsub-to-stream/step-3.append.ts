import type { RedisPublisher } from 'nestjs-redis-flow';
import type { Price } from './prices.js';

/** No instance listens to the channel any more. */
export async function appendPrice(publisher: RedisPublisher, price: Price): Promise<void> {
  await publisher.append('prices', price, { maxLength: 100_000 });
}
