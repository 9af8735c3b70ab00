import { flowRequests } from './flow.js';
import { nestRequests } from './nest.js';
import type { RequestContender } from './service.interface.js';

/** By name. What is compared stands side by side, as they are measured in this order. */
export const REQUEST_CONTENDERS = {
  'request-flow-channel': flowRequests('channel'),
  'request-nest': nestRequests,
  'request-flow-stream': flowRequests('stream'),
} satisfies Record<string, RequestContender>;

export type RequestContenderName = keyof typeof REQUEST_CONTENDERS;
