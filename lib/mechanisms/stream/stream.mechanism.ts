import type { ResolvedStreamOptions } from '../../options/index.js';
import type { Mechanism } from '../mechanism.interface.js';
import { StreamConsumer } from './stream.consumer.js';

/** Streams with consumer groups: at least once per group. */
export const streamMechanism: Mechanism<ResolvedStreamOptions> = {
  kind: 'stream',
  capabilities: { redelivery: true, groups: true, shared: true, persistent: true, deadLetters: true },
  createConsumer: (request) => new StreamConsumer(request),
};
