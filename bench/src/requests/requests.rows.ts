import type { Row } from '../rows.js';
import type { RequestContenderName } from './contenders.js';

/** The table's rows. */
export const REQUEST_ROWS: readonly Row<RequestContenderName>[] = [
  { own: 'request-flow-channel', beside: 'request-nest', target: '≥ 1' },
  { own: 'request-flow-stream', beside: 'request-nest', target: '≥ 0.7' },
];
