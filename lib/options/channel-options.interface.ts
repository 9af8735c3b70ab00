import type { HandlerOptions } from './delivery-options.interface.js';

/** Options of `@OnChannel`. A channel keeps nothing, so there is nothing to acknowledge or to retry. */
export interface ChannelOptions extends HandlerOptions {
  /** How many messages wait in memory at most while the handler is busy. Minimum: 1. @default 1000 */
  readonly buffer?: number;
  /** Which message is lost when the buffer is full. It is counted: `overflow` event, and logged. @default 'drop-oldest' */
  readonly overflow?: 'drop-oldest' | 'drop-newest';
  /**
   * Subscribes with SSUBSCRIBE, for what is published with `sharded: true`. In a Cluster such a message stays in the shard
   * of its channel instead of going to every node. It is no load balancing: every subscriber still gets every message. Not
   * for patterns. @default false
   * @see https://redis.io/docs/latest/develop/pubsub/#sharded-pubsub
   */
  readonly sharded?: boolean;
}
