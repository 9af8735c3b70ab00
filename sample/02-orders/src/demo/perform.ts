import type { INestApplicationContext } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { RedisFlowEvents, RedisPublisher } from 'nestjs-redis-flow';
import { type Traces, collect } from './collect.js';
import type { Facts } from './facts.js';
import { whenSettled } from './plain-redis.js';
import { publishMistakes, publishOrders } from './publish.js';
import { Tally } from './tally.js';

/** The longest that it waits for a stream to be worked off, in ms. */
const WAIT = 60_000;

/** Publishes everything, and says what has become of it when the application has nothing more to do. */
export async function perform(app: INestApplicationContext, redis: Redis, prefix: string): Promise<Facts> {
  const traces: Traces = { app, redis, prefix, tally: new Tally(app.get(RedisFlowEvents)) };
  const publisher = app.get(RedisPublisher);
  await publishOrders(publisher);
  await untilPaid(traces);
  await publishMistakes(publisher, redis, prefix);
  await untilPaid(traces);
  await whenSettled(redis, `${prefix}receipts`, 'ledger', WAIT);
  traces.tally.stop();
  return collect(traces);
}

/** What is left over then shows in the facts. */
async function untilPaid({ redis, prefix }: Traces): Promise<void> {
  await whenSettled(redis, `${prefix}orders`, 'payments', WAIT);
}
