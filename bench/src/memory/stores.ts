import { CONSUMER, GROUP } from '../keys.js';
import { MEDIA } from '../media/index.js';
import { QUEUE, bullmqQueue } from '../media/bullmq.js';
import type { Medium } from '../media/medium.interface.js';
import { bodiesFrom } from '../message.js';

/** One way in which messages wait in Redis. */
export interface Store {
  /** What lies there, for the table. */
  readonly label: string;
  readonly fill: Medium['fill'];
}

const HOUR = 60 * 60 * 1_000;

/** Entries that a group has been given and has not acknowledged. */
const pending: Medium['fill'] = async (maker, key, span) => {
  await MEDIA.stream.fill(maker, key, span);
  const { redis } = maker;
  await redis.xgroup('CREATE', key, GROUP, '0').catch(() => undefined);
  await redis.xreadgroup('GROUP', GROUP, CONSUMER, 'COUNT', span.last - span.first + 1, 'STREAMS', key, '>');
};

const delayed: Medium['fill'] = async ({ publisher }, key, { first, last, bytes }) => {
  const messages = bodiesFrom(first, last - first + 1, bytes).map((data) => ({ data, delay: HOUR }));
  await publisher.enqueueMany(key, messages);
};

const bullmqDelayed: Medium['fill'] = async ({ url }, key, { first, last, bytes }) => {
  const queue = bullmqQueue(url, key);
  const bodies = bodiesFrom(first, last - first + 1, bytes);
  await queue.addBulk(bodies.map((data) => ({ name: QUEUE, data, opts: { delay: HOUR } })));
  await queue.close();
};

/** By name. */
export const STORES: Readonly<Record<string, Store>> = {
  stream: { label: 'stream, append', fill: MEDIA.stream.fill },
  'stream-pending': { label: 'stream, handed out and not acknowledged', fill: pending },
  'queue-list': { label: 'queue, a plain LPUSH of the JSON', fill: MEDIA.list.fill },
  queue: { label: 'queue, enqueue', fill: MEDIA.queue.fill },
  'queue-delayed': { label: 'queue, enqueue with delay', fill: delayed },
  bullmq: { label: 'BullMQ add', fill: MEDIA.bullmq.fill },
  'bullmq-delayed': { label: 'BullMQ add with delay', fill: bullmqDelayed },
};
