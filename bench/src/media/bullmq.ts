import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { type Body, bodiesFrom } from '../message.js';
import type { Medium } from './medium.interface.js';

/** BullMQ's queues have no colon in their name, so the benchmark's key is their prefix. */
export const QUEUE = 'jobs';

/** BullMQ's queue for `key`. */
export const bullmqQueue = (url: string, key: string): Queue<Body> =>
  new Queue<Body>(QUEUE, { connection: { url }, prefix: key, defaultJobOptions: { removeOnComplete: true } });

const countIn = (redis: Redis, key: string, states: readonly string[]): Promise<number[]> =>
  Promise.all(states.map((state) => redis.llen(`${key}:${QUEUE}:${state}`)));

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/** BullMQ's own jobs, which are removed when they are completed. */
export const bullmq: Medium = {
  isLive: false,
  fill: async ({ url }, key, { first, last, bytes }) => {
    const jobs = bullmqQueue(url, key);
    await jobs.addBulk(bodiesFrom(first, last - first + 1, bytes).map((data) => ({ name: 'job', data })));
    await jobs.close();
  },
  received: async (redis, key) => sum(await countIn(redis, key, ['wait'])),
  left: async (redis, key) => sum(await countIn(redis, key, ['wait', 'active'])),
  mayKeep: (key, name) =>
    ['events', 'id', 'meta', 'stalled-check', 'marker'].some((kept) => name === `${key}:${QUEUE}:${kept}`),
};
