import { CONTENDERS } from '../consumers/contenders.js';
import type { MediumName } from '../media/index.js';
import { bullmqAdd } from '../publishers/bullmq.js';
import { flowEnqueue } from '../publishers/flow.js';
import type { OpenPublisher } from '../publishers/publisher.interface.js';
import { rawAppend, rawPublish, rawPublishPacket, rawPush } from '../publishers/raw.js';
import type { LatencyRow } from '../report/latency.js';
import { REQUEST_CONTENDERS } from '../requests/contenders.js';

/** Those that handle messages, and those that answer requests. */
export const LATENCY_CONTENDERS = { ...CONTENDERS, ...REQUEST_CONTENDERS };

export type LatencyContenderName = keyof typeof LATENCY_CONTENDERS;

/** The table's rows. */
export const LATENCY_ROWS: readonly LatencyRow<LatencyContenderName>[] = [
  { own: 'stream-flow', beside: 'stream-raw', target: '≤ 1.5' },
  { own: 'queue-flow', beside: 'queue-lua' },
  { own: 'queue-flow', beside: 'queue-bullmq', target: '< 1' },
  { own: 'channel-flow', beside: 'channel-raw' },
  { own: 'channel-flow', beside: 'channel-nest', target: '≤ 1', p99Target: '≤ 1' },
  { own: 'request-flow-channel', beside: 'request-nest', target: '≤ 1', p99Target: '≤ 1' },
  { own: 'request-flow-stream', beside: 'request-nest', target: '≤ 1', p99Target: '≤ 1' },
];

/** Who sends: a bare ioredis client wherever it can, and otherwise whose form the messages have. */
export const SENDERS: Readonly<Record<MediumName, OpenPublisher>> = {
  stream: rawAppend,
  list: rawPush,
  queue: flowEnqueue,
  bullmq: bullmqAdd,
  channel: rawPublish,
  'nest-channel': rawPublishPacket,
};
