import { bullmq } from './bullmq.js';
import { channel, nestChannel } from './channel.js';
import { list, queue } from './list.js';
import { stream } from './stream.js';

/** By name. */
export const MEDIA = { stream, list, queue, bullmq, channel, 'nest-channel': nestChannel };

export type MediumName = keyof typeof MEDIA;

export type { Maker, Medium, Span } from './medium.interface.js';
