import type { MechanismKind } from '../message/index.js';
import { channelMechanism } from './channel/channel.mechanism.js';
import type { Mechanism } from './mechanism.interface.js';
import { queueMechanism } from './queue/queue.mechanism.js';
import { streamMechanism } from './stream/stream.mechanism.js';

export * from './mechanism.interface.js';
export type { Command, ProducerRequest } from './producer.js';
export { ChannelProducer } from './channel/channel.producer.js';
export { NotificationFeed } from './notification/notification-feed.js';
export { NotificationProducer } from './notification/notification.producer.js';
export { StreamProducer } from './stream/stream.producer.js';
export { QueueProducer } from './queue/queue.producer.js';
export { type QueueCounts, countJobs } from './queue/queue-counts.js';
export * from './requests/index.js';
export { untilDone } from './until-done.js';

/** Every mechanism there is. */
export const MECHANISMS: Readonly<Record<MechanismKind, Mechanism<never>>> = {
  channel: channelMechanism,
  stream: streamMechanism,
  queue: queueMechanism,
};
