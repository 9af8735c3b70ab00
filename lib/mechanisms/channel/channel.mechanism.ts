import type { ResolvedChannelOptions } from '../../options/index.js';
import type { Mechanism } from '../mechanism.interface.js';
import { ChannelConsumer } from './channel.consumer.js';

/** Pub/Sub: at most once, for everyone who listens now. */
export const channelMechanism: Mechanism<ResolvedChannelOptions> = {
  kind: 'channel',
  capabilities: { redelivery: false, groups: false, shared: false, persistent: false, deadLetters: false },
  createConsumer: (request) => new ChannelConsumer(request),
};
