import type { ContenderName } from '../consumers/contenders.js';
import type { Row } from '../rows.js';

/** The table's rows. */
export const HANDLED_ROWS: readonly Row<ContenderName>[] = [
  { own: 'stream-flow', beside: 'stream-raw', target: '≥ 0.85' },
  { own: 'stream-flow', beside: 'queue-bullmq', target: '≥ 8' },
  { own: 'stream-flow-batch', beside: 'stream-raw', target: '≥ 1.1' },
  { own: 'stream-flow-once', beside: 'stream-raw', target: '≥ 0.4' },
  { own: 'stream-flow-1', beside: 'stream-raw', target: '≥ 0.7' },
  { own: 'stream-flow-1kb', beside: 'stream-raw-1kb' },
  { own: 'stream-flow-batch-1kb', beside: 'stream-raw-1kb' },
  { own: 'queue-flow', beside: 'queue-lua', target: '≥ 0.5' },
  { own: 'queue-lua-nest', beside: 'queue-lua' },
  { own: 'queue-flow', beside: 'queue-lua-nest' },
  { own: 'queue-flow', beside: 'queue-raw' },
  { own: 'queue-flow', beside: 'queue-bullmq', target: '≥ 8' },
  { own: 'queue-flow-batch', beside: 'queue-lua' },
  { own: 'queue-flow-1', beside: 'queue-lua' },
  { own: 'channel-flow', beside: 'channel-raw' },
  { own: 'channel-flow', beside: 'channel-nest', target: '≥ 3' },
  { own: 'channel-flow-1', beside: 'channel-raw' },
];
