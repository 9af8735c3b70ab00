import type { Consume, Mechanism } from './consumer.interface.js';
import { flowChannel } from './flow/channel.js';
import { flowQueue } from './flow/queue.js';
import { flowStream } from './flow/stream.js';
import { rawChannel } from './raw/channel.js';
import { rawPop, rawQueue } from './raw/queue.js';
import { rawStream } from './raw/stream.js';

/** One way to handle messages. Each runs in a process of its own. */
export interface Contender {
  readonly mechanism: Mechanism;
  /** Whose form the messages have: of any Redis client, or of the library's publisher. */
  readonly side: 'raw' | 'flow';
  /** What it does, for the table. */
  readonly label: string;
  readonly concurrency: number;
  readonly consume: Consume;
  /** The part of `--messages` that it gets, so that slow ones do not take all the time. */
  readonly share: number;
}

const contender = (
  mechanism: Mechanism,
  side: Contender['side'],
  concurrency: number,
  share: number,
  consume: Consume,
  label: string,
): Contender => ({ mechanism, side, label, concurrency, consume, share });

/** By name. What is compared stands side by side, as they are measured in this order. */
export const CONTENDERS = {
  'stream-raw-100': contender(
    'stream',
    'raw',
    100,
    2,
    rawStream,
    'XREADGROUP COUNT 100, one XACK, next read under way',
  ),
  'stream-flow-100': contender('stream', 'flow', 100, 1, flowStream, '@OnStream'),
  'stream-raw-1': contender('stream', 'raw', 1, 0.1, rawStream, 'XREADGROUP COUNT 1, XACK awaited'),
  'stream-flow-1': contender('stream', 'flow', 1, 0.1, flowStream, '@OnStream'),
  'queue-raw-100': contender('queue', 'raw', 100, 0.25, rawQueue, '100 workers: BLMOVE, LREM'),
  'queue-flow-100': contender('queue', 'flow', 100, 0.25, flowQueue, '@OnQueue'),
  'queue-pop': contender('queue', 'raw', 1, 0.25, rawPop, 'BRPOP (at most once)'),
  'queue-raw-1': contender('queue', 'raw', 1, 0.1, rawQueue, 'BLMOVE, LREM awaited'),
  'queue-flow-1': contender('queue', 'flow', 1, 0.1, flowQueue, '@OnQueue'),
  'channel-raw': contender('channel', 'raw', 1, 2, rawChannel, "'message' event"),
  'channel-flow-100': contender('channel', 'flow', 100, 1, flowChannel, '@OnChannel'),
  'channel-flow-1': contender('channel', 'flow', 1, 1, flowChannel, '@OnChannel'),
} satisfies Record<string, Contender>;

export type ContenderName = keyof typeof CONTENDERS;

/** The table's rows. */
export const PAIRS: readonly { readonly raw: ContenderName; readonly flow: ContenderName }[] = [
  { raw: 'stream-raw-100', flow: 'stream-flow-100' },
  { raw: 'stream-raw-100', flow: 'stream-flow-1' },
  { raw: 'stream-raw-1', flow: 'stream-flow-1' },
  { raw: 'queue-raw-100', flow: 'queue-flow-100' },
  { raw: 'queue-pop', flow: 'queue-flow-100' },
  { raw: 'queue-pop', flow: 'queue-flow-1' },
  { raw: 'queue-raw-1', flow: 'queue-flow-1' },
  { raw: 'channel-raw', flow: 'channel-flow-100' },
  { raw: 'channel-raw', flow: 'channel-flow-1' },
];
