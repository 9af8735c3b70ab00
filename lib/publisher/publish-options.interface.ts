import type { HeaderRecord, StreamEntryFormat } from '../message/index.js';

/** Options of `RedisPublisher.publish`. */
export interface PublishOptions {
  /** Facts beside the data. They turn the message into `{"$data":…,"$headers":{…}}`. */
  readonly headers?: HeaderRecord;
  /** Publishes with SPUBLISH, for handlers with `sharded: true` and for nobody else. @default false */
  readonly sharded?: boolean;
}

/** Options of `RedisPublisher.notify`. */
export interface NotifyOptions {
  /** The stream that keeps the notifications of this channel, and of no other: entries do not say their channel. */
  readonly history: string;
  /** The newest notifications that stay, to the entry. Minimum: 1. @default 10 000 */
  readonly maxLength?: number;
  /** Facts beside the data. */
  readonly headers?: HeaderRecord;
}

/** What `RedisPublisher.notify` resolves with. */
export interface Notified {
  /** The notification's id: of its entry in the history, and of the message that handlers and flows get. */
  readonly id: string;
  /** How many subscribers Redis gave it to; 0 means that nobody listened. In a Cluster: those of one node. */
  readonly receivers: number;
}

/** Options of `RedisPublisher.append`. */
export interface AppendOptions {
  /** Facts beside the data, in the entry's `$headers` field. */
  readonly headers?: HeaderRecord;
  /** The entry's id, higher than any before; `'5-*'` lets Redis count. @default made by Redis' clock */
  readonly id?: string;
  /**
   * The newest entries that stay, to the entry; older ones are deleted, handled or not. Minimum: 1. @default all stay
   */
  readonly maxLength?: number;
  /**
   * How old entries may be, in ms by Redis' clock and to the millisecond; older ones are deleted at this append, handled
   * or not. Together with `maxLength` only what both allow stays. Minimum: 1. @default entries of any age stay
   */
  readonly maxAge?: number;
  /** `'envelope'`: `$data` and `$headers`. `'fields'`: the object's own fields, as programs without this library read them. @default 'envelope' */
  readonly format?: StreamEntryFormat;
  /**
   * Makes the append safe to repeat: a second one to the same stream with the same key and data, within the window, adds
   * nothing and resolves with the id of the first. A string is the key, known for 24 hours. The entry gets the header
   * `idempotency-key` with it, unless it has one. @default each append adds an entry
   */
  readonly dedupe?: string | DedupeOptions;
}

/** How an append is known again. */
export interface DedupeOptions {
  /** What names the message, such as the id of the order that it is about. */
  readonly key: string;
  /** How long the key is known, in ms from the first append on. Minimum: 1. @default 86 400 000, 24 hours */
  readonly window?: number;
}

/** Options of `RedisPublisher.enqueue`. */
export interface EnqueueOptions {
  /** Facts beside the data, in the item's prefix. */
  readonly headers?: HeaderRecord;
  /**
   * Ms by Redis' clock before the job can be taken; then it is taken next. Minimum: 0. Not with `front` or `maxLength`.
   * @default 0
   */
  readonly delay?: number;
  /** Put at the end that `'fifo'` handlers take from: taken next, before all that wait; with `'lifo'`, last. @default false */
  readonly front?: boolean;
  /**
   * The most jobs that wait afterwards. What is too much falls out at the other end, unhandled: the oldest, with `front`
   * the youngest that was not put at the front. Each time there is a `trimmed` event. Minimum: 1. Jobs that have been taken,
   * and those with a delay, do not count. @default any number waits
   */
  readonly maxLength?: number;
}

/** One of many messages for a channel. */
export interface OutgoingMessage {
  readonly data: unknown;
  readonly headers?: HeaderRecord;
}

/** One of many jobs for a queue. */
export interface OutgoingJob extends OutgoingMessage {
  /** Ms by Redis' clock before the job can be taken. Minimum: 0. @default 0 */
  readonly delay?: number;
}

/** One of many entries for a stream. */
export interface OutgoingEntry extends OutgoingMessage {
  readonly id?: string;
}
