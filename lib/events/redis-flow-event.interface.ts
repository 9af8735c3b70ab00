import type { Source } from '../message/index.js';
import type { DeadLetterReason } from '../options/index.js';

/** Which message of which handler. */
interface MessageEvent {
  /** The module's `name`. */
  readonly connection: string;
  /** `OrdersController.charge` */
  readonly handler: string;
  readonly source: Source;
  readonly id: string;
  /** How many times the handler was started for it. */
  readonly attempt: number;
}

/** A handler's attempt failed, or it asked for another: the message is handled again after `delay` ms. */
export interface RetriedEvent extends MessageEvent {
  readonly type: 'retried';
  /** Milliseconds from now until it is due, 0 or more. */
  readonly delay: number;
  readonly error?: unknown;
}

/** A message was given up, and is kept in the dead letters. */
export interface DeadLetteredEvent extends MessageEvent {
  readonly type: 'deadLettered';
  readonly reason: DeadLetterReason;
  readonly detail?: string | undefined;
  readonly error?: unknown;
}

/** A message was given up, and is not kept: the handler or a policy said so, or `deadLetter` is false. */
export interface DroppedEvent extends MessageEvent {
  readonly type: 'dropped';
  readonly reason: string;
  readonly error?: unknown;
}

/** A message was taken over by another consumer, or settled by it, while the handler here still had it. */
export interface LeaseLostEvent extends MessageEvent {
  readonly type: 'leaseLost';
}

/** A message whose idempotency key was done already: it was acknowledged and not handled. */
export interface DuplicateEvent extends MessageEvent {
  readonly type: 'duplicate';
  /** What `key` of `ack: { once: { key } }` gave, else the header `idempotency-key`, else the message's id. */
  readonly idempotencyKey: string;
}

/** A handler with `ack: 'manual'` did not settle its message in time: it is retried. */
export interface UnsettledEvent extends MessageEvent {
  readonly type: 'unsettled';
  /** The time that it had, in ms. */
  readonly timeout: number;
}

/** A dead letter could not be written. Nothing was acknowledged; it is tried again until it works. */
export interface DeadLetterFailedEvent extends MessageEvent {
  readonly type: 'deadLetterFailed';
  readonly error: unknown;
}

/** What a handler reads from. */
interface TargetEvent {
  readonly connection: string;
  readonly key: string;
  readonly group?: string;
}

/** Entries were trimmed or deleted before this group or reader had finished them. */
export interface LostEvent extends TargetEvent {
  readonly type: 'lost';
  /**
   * How many, since the last such event; undefined where Redis cannot tell. A lower bound for a group on Redis 8 or Valkey,
   * where more than the stream's limit comes between two reads of a group that had read everything.
   */
  readonly count: number | undefined;
  /** Their ids, where they are known: those that were trimmed while they were pending. */
  readonly ids?: readonly string[];
  /**
   * `'pending'`: they had been handed out to a consumer of the group and were not acknowledged yet; `ids` has their ids.
   *
   * `'undelivered'`: they had not been read yet: by the group, by the reader, or by a subscriber of `notifications$`, whose
   * history `key` is then.
   */
  readonly while: 'pending' | 'undelivered';
}

/** The group or its stream had disappeared. `recreated`: where it starts now; undefined where reading has stopped. */
export interface GroupMissingEvent extends TargetEvent {
  readonly type: 'groupMissing';
  readonly recreated: '0' | '$' | undefined;
}

/**
 * A handler's buffer was full, and messages were dropped. Told once a second while it lasts and when the handler stops:
 * the counts add up to all that were dropped.
 */
export interface OverflowEvent {
  readonly type: 'overflow';
  /** The module's `name`. */
  readonly connection: string;
  /** `NotificationsController.push` */
  readonly handler: string;
  /** As the handler names it. */
  readonly channel: string;
  /** How many messages since the last event of this kind. */
  readonly dropped: number;
}

/** Jobs that nobody had taken were trimmed from a queue, as `maxLength` allows no more of them. */
export interface TrimmedEvent {
  readonly type: 'trimmed';
  readonly connection: string;
  /** The queue. */
  readonly key: string;
  /** How many. */
  readonly count: number;
  /** What the publisher gave. */
  readonly maxLength: number;
}

/**
 * The connection for subscriptions was lost, and is back: what was published in between has not come. Redis keeps nothing
 * for a subscriber that is away, so nobody knows whether there was anything.
 *
 * @see https://redis.io/docs/latest/develop/pubsub/#delivery-semantics
 */
export interface GapEvent {
  readonly type: 'gap';
  /** The module's `name`. */
  readonly connection: string;
  /** As their handlers name them. */
  readonly channels: readonly string[];
  /** When Redis was heard last before, in ms since 1970 by the clock of this process. On a quiet channel up to 5 s before the loss. */
  readonly since: number;
  /** When all was subscribed again, by the same clock. */
  readonly until: number;
}

/** A connection went down or came up. */
export interface ConnectionEvent {
  readonly type: 'connection';
  readonly connection: string;
  readonly isUp: boolean;
  /** Why it is down. */
  readonly reason?: string;
}

/** What happened, told apart by `type`. */
export type RedisFlowEvent =
  | RetriedEvent
  | DeadLetteredEvent
  | DroppedEvent
  | LeaseLostEvent
  | DuplicateEvent
  | UnsettledEvent
  | DeadLetterFailedEvent
  | LostEvent
  | GroupMissingEvent
  | OverflowEvent
  | TrimmedEvent
  | GapEvent
  | ConnectionEvent;
