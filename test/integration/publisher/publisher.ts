import { RedisPublisher, type RedisFlowOptions } from 'nestjs-redis-flow';
import { hybridApp } from '../../support/app.js';

/** The publisher of an application that only publishes. */
export async function publisherOf(flow: Partial<RedisFlowOptions> = {}): Promise<RedisPublisher> {
  const app = await hybridApp({ flow: { consume: false, ...flow } });
  return app.get(RedisPublisher);
}
