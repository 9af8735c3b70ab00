import type { ResolvedQueueOptions } from '../../options/index.js';
import type { Mechanism } from '../mechanism.interface.js';
import { QueueConsumer } from './queue.consumer.js';

/** Lists as job queues: at least once, one worker per job. */
export const queueMechanism: Mechanism<ResolvedQueueOptions> = {
  kind: 'queue',
  capabilities: { redelivery: true, groups: false, shared: true, persistent: true, deadLetters: true },
  createConsumer: (request) => new QueueConsumer(request),
};
