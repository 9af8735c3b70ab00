import type { Redis } from 'ioredis';
import type { RedisPublisher } from 'nestjs-redis-flow';
import { BROKEN_PAYLOADS, CONFLICTS, PUBLICATIONS, type Publication } from './plan.js';

/** Publishes one order, once or twice. */
async function publish(publisher: RedisPublisher, { order, twice }: Publication): Promise<void> {
  const key = order.orderId;
  if (twice === 'with dedupe') {
    const first = await publisher.append('orders', order, { dedupe: key });
    const second = await publisher.append('orders', order, { dedupe: key });
    if (first !== second) throw new Error(`order ${key} is in the stream twice: as ${first} and as ${second}`);
    return;
  }
  const headers = { 'idempotency-key': key };
  await publisher.append('orders', order, { headers });
  if (twice === 'by another publisher') await publisher.append('orders', order, { headers });
}

/** Publishes the orders, with everything that publishers may do twice. */
export async function publishOrders(publisher: RedisPublisher): Promise<void> {
  for (const publication of PUBLICATIONS) await publish(publisher, publication);
}

/** Publishes what should not be there: another amount for an order that is paid, and bytes that are no order. */
export async function publishMistakes(publisher: RedisPublisher, redis: Redis, prefix: string): Promise<void> {
  for (const order of CONFLICTS)
    await publisher.append('orders', order, { headers: { 'idempotency-key': order.orderId } });
  for (const payload of BROKEN_PAYLOADS) await redis.xadd(`${prefix}orders`, '*', '$data', payload);
}
