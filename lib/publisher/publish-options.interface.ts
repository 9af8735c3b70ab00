import type { HeaderRecord, StreamEntryFormat } from '../message/index.js';

/** Options of `RedisPublisher.publish`. */
export interface PublishOptions {
  /** Facts beside the data. They turn the message into `{"$data":…,"$headers":{…}}`. */
  readonly headers?: HeaderRecord;
}

/** Options of `RedisPublisher.append`. */
export interface AppendOptions {
  /** Facts beside the data, in the entry's `$headers` field. */
  readonly headers?: HeaderRecord;
  /** The entry's id, higher than any before; `'5-*'` lets Redis count. @default made by Redis' clock */
  readonly id?: string;
  /**
   * The newest entries that stay; older ones are deleted, handled or not. Minimum: 1. @default all stay
   */
  readonly maxLength?: number;
  /** `'envelope'`: `$data` and `$headers`. `'fields'`: the object's own fields, as programs without this library read them. @default 'envelope' */
  readonly format?: StreamEntryFormat;
}

/** Options of `RedisPublisher.enqueue`. */
export interface EnqueueOptions {
  /** Facts beside the data, in the item's prefix. */
  readonly headers?: HeaderRecord;
  /** Taken next, before all that wait. @default false */
  readonly front?: boolean;
}

/** One of many messages for a channel or a queue. */
export interface OutgoingMessage {
  readonly data: unknown;
  readonly headers?: HeaderRecord;
}

/** One of many entries for a stream. */
export interface OutgoingEntry extends OutgoingMessage {
  readonly id?: string;
}
