import type { HandlerOptions } from './delivery-options.interface.js';

/** Options of `@OnChannel`. A channel keeps nothing, so there is nothing to acknowledge or to retry. */
export interface ChannelOptions extends HandlerOptions {
  /** How many messages wait in memory at most while the handler is busy. Minimum: 1. @default 1000 */
  readonly buffer?: number;
  /** Which message is lost when the buffer is full. It is counted and logged. @default 'drop-oldest' */
  readonly overflow?: 'drop-oldest' | 'drop-newest';
}
