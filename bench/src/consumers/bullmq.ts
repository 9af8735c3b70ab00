import { Worker } from 'bullmq';
import { QUEUE } from '../media/bullmq.js';
import type { Body } from '../message.js';
import type { Consume } from './consumer.interface.js';

/** BullMQ's worker, without Nest, with a processor that returns at once. */
export const bullmqWorker =
  (concurrency: number): Consume =>
  async ({ url, key }, handle) => {
    const connection = { url, maxRetriesPerRequest: null };
    const worker = new Worker<Body>(QUEUE, async ({ data }) => handle(data.n), {
      connection,
      prefix: key,
      concurrency,
    });
    await worker.waitUntilReady();
    return { done: Promise.resolve(), stop: () => worker.close() };
  };
