import type { RedisPublisher } from 'nestjs-redis-flow';
import type { Price } from './prices.js';

/** To both. A stream and a channel of the same name have nothing to do with each other. */
export async function publishPriceToBoth(publisher: RedisPublisher, price: Price): Promise<void> {
  await publisher.append('prices', price, { maxLength: 100_000 });
  await publisher.publish('prices', price);
}
