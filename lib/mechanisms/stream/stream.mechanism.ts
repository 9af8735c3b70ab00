import type { ResolvedStreamOptions } from '../../options/index.js';
import type { Mechanism } from '../mechanism.interface.js';
import { StreamReaderConsumer } from './reader/stream-reader.consumer.js';
import { StreamConsumer } from './stream.consumer.js';

/** Streams with consumer groups: at least once per group. */
export const streamMechanism: Mechanism<ResolvedStreamOptions> = {
  kind: 'stream',
  capabilities: { redelivery: true, groups: true, shared: true, persistent: true, deadLetters: true },
  createConsumer: (request) =>
    request.options.reader === undefined ? new StreamConsumer(request) : new StreamReaderConsumer(request),
};
