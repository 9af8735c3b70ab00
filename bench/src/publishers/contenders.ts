import type { MediumName } from '../media/index.js';
import type { Bytes } from '../message.js';
import { bullmqAdd, bullmqAddBulk } from './bullmq.js';
import { flowAppend, flowAppendMany, flowEnqueue, flowEnqueueMany, flowPublish } from './flow.js';
import { nestEmit } from './nest.js';
import type { OpenPublisher } from './publisher.interface.js';
import { autopipelinedAppend, autopipelinedPublish, pipelinedAppend } from './raw.js';

/** One way to publish. Each runs in a process of its own. */
export interface PublishContender {
  readonly medium: MediumName;
  readonly bytes: Bytes;
  /** What it does, for the tables. */
  readonly label: string;
  readonly open: OpenPublisher;
  /** The part of `--messages` that it sends, so that slow ones do not take all the time. */
  readonly share: number;
}

const contender = (
  medium: MediumName,
  label: string,
  share: number,
  open: OpenPublisher,
  bytes: Bytes = 100,
): PublishContender => ({ medium, label, share, open, bytes });

const AUTOPIPELINED = 'ioredis XADD, autopipelining';
const PIPELINE = 'ioredis XADD, pipeline(100)';

/** By name. What is compared stands side by side, as they are measured in this order. */
export const PUBLISH_CONTENDERS = {
  'append-raw': contender('stream', AUTOPIPELINED, 1, autopipelinedAppend),
  'append-flow': contender('stream', 'append', 1, flowAppend),
  'append-many-raw': contender('stream', PIPELINE, 1, pipelinedAppend),
  'append-many-flow': contender('stream', 'appendMany(100)', 2, flowAppendMany),
  'append-raw-1kb': contender('stream', AUTOPIPELINED, 0.5, autopipelinedAppend, 1_000),
  'append-flow-1kb': contender('stream', 'append, 1 KB', 0.5, flowAppend, 1_000),
  'append-many-raw-1kb': contender('stream', PIPELINE, 0.5, pipelinedAppend, 1_000),
  'append-many-flow-1kb': contender('stream', 'appendMany(100), 1 KB', 1, flowAppendMany, 1_000),
  'enqueue-bullmq': contender('bullmq', 'BullMQ add', 0.25, bullmqAdd),
  'enqueue-flow': contender('queue', 'enqueue', 1, flowEnqueue),
  'enqueue-many-bullmq': contender('bullmq', 'BullMQ addBulk(100)', 0.25, bullmqAddBulk),
  'enqueue-many-flow': contender('queue', 'enqueueMany(100)', 4, flowEnqueueMany),
  'publish-raw': contender('channel', 'ioredis PUBLISH, autopipelining', 1, autopipelinedPublish),
  'publish-flow': contender('channel', 'publish', 1, flowPublish),
  'publish-nest': contender('nest-channel', 'Nest ClientRedis.emit', 0.5, nestEmit),
} satisfies Record<string, PublishContender>;

export type PublishContenderName = keyof typeof PUBLISH_CONTENDERS;
