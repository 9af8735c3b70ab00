import type { PublishContenderName } from '../publishers/contenders.js';
import type { Row } from '../rows.js';

/** The table's rows. */
export const PUBLISH_ROWS: readonly Row<PublishContenderName>[] = [
  { own: 'append-flow', beside: 'append-raw', target: '≥ 0.8' },
  { own: 'append-many-flow', beside: 'append-many-raw', target: '≥ 1.5' },
  { own: 'append-flow-1kb', beside: 'append-raw-1kb' },
  { own: 'append-many-flow-1kb', beside: 'append-many-raw-1kb' },
  { own: 'enqueue-flow', beside: 'enqueue-bullmq', target: '≥ 3' },
  { own: 'enqueue-many-flow', beside: 'enqueue-many-bullmq', target: '≥ 10' },
  { own: 'publish-flow', beside: 'publish-raw' },
  { own: 'publish-flow', beside: 'publish-nest', target: '≥ 1.5' },
];
