import { OnChannel, OnQueue, OnStream } from 'nestjs-redis-flow';
import type { MediumName } from '../media/index.js';
import type { Bytes } from '../message.js';
import { bullmqWorker } from './bullmq.js';
import type { Consume } from './consumer.interface.js';
import { flow, flowBatch } from './flow.js';
import { luaNestQueue } from './lua-nest-queue.js';
import { luaQueue } from './lua-queue.js';
import { nestChannel } from './nest-channel.js';
import { rawChannel } from './raw-channel.js';
import { rawQueue } from './raw-queue.js';
import { rawStream } from './raw-stream.js';

/** One way to handle messages. Each runs in a process of its own. */
export interface Contender {
  readonly medium: MediumName;
  readonly bytes: Bytes;
  /** What it does, for the tables. */
  readonly label: string;
  readonly consume: Consume;
  /** The part of `--messages` that it gets, so that slow ones do not take all the time. */
  readonly share: number;
}

const contender = (
  medium: MediumName,
  label: string,
  share: number,
  consume: Consume,
  bytes: Bytes = 100,
): Contender => ({ medium, label, share, consume, bytes });

const LOOP = 'bare ioredis loop, COUNT 100';

/** By name. What is compared stands side by side, as they are measured in this order. */
export const CONTENDERS = {
  'stream-flow-batch': contender(
    'stream',
    '@OnStream, batch of 100',
    5,
    flowBatch((key) => OnStream(key, { batch: { size: 100, wait: 5 } })),
  ),
  'stream-flow': contender(
    'stream',
    '@OnStream, 100 at once',
    5,
    flow((key) => OnStream(key, { concurrency: 100 })),
  ),
  'stream-raw': contender('stream', LOOP, 5, rawStream),
  'stream-flow-1': contender(
    'stream',
    '@OnStream, one by one',
    5,
    flow((key) => OnStream(key, {})),
  ),
  'stream-flow-once': contender(
    'stream',
    "@OnStream, ack: 'once', 100 at once",
    3,
    flow((key) => OnStream(key, { concurrency: 100, ack: 'once' })),
  ),
  'stream-flow-batch-1kb': contender(
    'stream',
    '@OnStream, batch of 100, 1 KB',
    2,
    flowBatch((key) => OnStream(key, { batch: { size: 100, wait: 5 } })),
    1_000,
  ),
  'stream-raw-1kb': contender('stream', LOOP, 2, rawStream, 1_000),
  'stream-flow-1kb': contender(
    'stream',
    '@OnStream, 100 at once, 1 KB',
    2,
    flow((key) => OnStream(key, { concurrency: 100 })),
    1_000,
  ),
  'queue-raw': contender('list', '100 workers: BLMOVE, LREM', 0.5, rawQueue(100)),
  'queue-lua': contender('list', 'bare Lua loop, claims and acks 100', 5, luaQueue),
  'queue-lua-nest': contender('list', 'that loop with a handler bound by Nest, without the library', 5, luaNestQueue),
  'queue-flow': contender(
    'queue',
    '@OnQueue, 100 at once',
    5,
    flow((key) => OnQueue(key, { concurrency: 100 })),
  ),
  'queue-flow-batch': contender(
    'queue',
    '@OnQueue, batch of 100',
    5,
    flowBatch((key) => OnQueue(key, { batch: { size: 100, wait: 5 } })),
  ),
  'queue-bullmq': contender('bullmq', 'BullMQ worker, 100 at once', 0.5, bullmqWorker(100)),
  'queue-flow-1': contender(
    'queue',
    '@OnQueue, one by one',
    5,
    flow((key) => OnQueue(key, {})),
  ),
  'channel-raw': contender('channel', "bare ioredis 'message'", 2, rawChannel),
  'channel-flow': contender(
    'channel',
    '@OnChannel, 100 at once',
    2,
    flow((key) => OnChannel(key, { concurrency: 100 })),
  ),
  'channel-nest': contender('nest-channel', 'Nest Redis transport', 1, nestChannel),
  'channel-flow-1': contender(
    'channel',
    '@OnChannel, one by one',
    2,
    flow((key) => OnChannel(key, {})),
  ),
} satisfies Record<string, Contender>;

export type ContenderName = keyof typeof CONTENDERS;
