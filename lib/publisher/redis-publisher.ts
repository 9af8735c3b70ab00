import type { RedisConnection } from '../connection/index.js';
import type { Report } from '../events/index.js';
import { ChannelProducer, NotificationProducer, QueueProducer, StreamProducer } from '../mechanisms/index.js';
import type { Codec } from '../message/index.js';
import { callForMany, callForOne } from './publish-call.js';
import type {
  AppendOptions,
  EnqueueOptions,
  Notified,
  NotifyOptions,
  OutgoingEntry,
  OutgoingJob,
  OutgoingMessage,
  PublishOptions,
} from './publish-options.interface.js';

/**
 * Sends messages. Injectable anywhere in the application.
 *
 * Every method waits up to five seconds for Redis to be there. It then rejects with `PublishFailedError` (nothing was
 * sent, or Redis refused it: `cause` says which), with `PublishOutcomeUnknownError` (sent, and the connection was lost
 * before the answer: it may or may not be there), with `UnencodableMessageError`, or, for a bad option, with
 * `InvalidOptionError`. It never sends twice by itself.
 *
 * @example
 * ```ts
 * constructor(private readonly publisher: RedisPublisher) {}
 *
 * await this.publisher.append('orders', order, { headers: { tenant: 'acme' } });
 * await this.publisher.enqueue('jobs:email', { to: order.email });
 * await this.publisher.publish(`notifications:user:${order.userId}`, 'Thank you!');
 * ```
 */
export class RedisPublisher {
  private readonly channels: ChannelProducer;
  private readonly streams: StreamProducer;
  private readonly queues: QueueProducer;
  private readonly notifications: NotificationProducer;

  /** @internal */
  constructor(connection: RedisConnection, codec: Codec, report: Report) {
    this.channels = new ChannelProducer({ connection, codec });
    this.streams = new StreamProducer({ connection, codec });
    this.queues = new QueueProducer({ connection, codec }, report);
    this.notifications = new NotificationProducer({ connection, codec });
  }

  /**
   * Publishes on a channel: at most once, for everyone who listens now.
   *
   * @returns how many subscribers Redis gave it to; 0 means that nobody listened. In a Cluster: those of one node.
   * @see https://redis.io/docs/latest/commands/publish/
   */
  publish(channel: string, data: unknown, options?: PublishOptions): Promise<number> {
    return callForOne('publish', channel, options, () => this.channels.publish(channel, data, options));
  }

  /**
   * Publishes on a channel and keeps the message in a history, in one script: live for who listens, and kept for who does
   * not. `RedisFlows.notifications$` gives both, without a hole and without a double.
   *
   * @returns its id in the history, and how many subscribers Redis gave it to.
   *
   * @example
   * ```ts
   * await this.publisher.notify('user:7', 'Your order was sent.', { history: 'user:7:history', maxLength: 500 });
   * ```
   */
  notify(channel: string, data: unknown, options: NotifyOptions): Promise<Notified> {
    return callForOne('notify', channel, options ?? {}, () => this.notifications.notify(channel, data, options));
  }

  /**
   * Appends an entry to a stream: kept, for every consumer group.
   *
   * With `dedupe` it is safe to repeat, also after a `PublishOutcomeUnknownError`; another payload under the same key is
   * refused with `DedupeConflictError`.
   *
   * @returns the entry's id.
   * @see https://redis.io/docs/latest/commands/xadd/
   *
   * @example
   * ```ts
   * await this.publisher.append('orders', order, { dedupe: order.id, maxAge: 7 * 24 * 60 * 60 * 1_000 });
   * ```
   */
  append(stream: string, data: unknown, options?: AppendOptions): Promise<string> {
    return callForOne('append', stream, options, () => this.streams.append(stream, data, options));
  }

  /**
   * Puts a job into a queue: kept, for one worker. With `delay` it can be taken only later, with `front` it is taken next,
   * and with `maxLength` the queue stays short: see `EnqueueOptions`.
   *
   * @returns the job's id, a UUID.
   * @see https://redis.io/docs/latest/commands/lpush/
   *
   * @example
   * ```ts
   * await this.publisher.enqueue('jobs:email', { to: order.email }, { delay: 60_000 });
   * ```
   */
  enqueue(queue: string, data: unknown, options?: EnqueueOptions): Promise<string> {
    return callForOne('enqueue', queue, options, () => this.queues.enqueue(queue, data, options));
  }

  /** Publishes many messages in one round trip. @returns the receivers of each, in order. */
  publishMany(channel: string, messages: readonly OutgoingMessage[]): Promise<number[]> {
    return callForMany('publishMany', channel, messages, () => this.channels.publishMany(channel, messages));
  }

  /**
   * Appends many entries, in order, in one round trip for each 500 of them or each megabyte.
   *
   * Where Redis refuses one, those before it are there and none after it: `published` of the error has their ids.
   *
   * @returns their ids, in order.
   */
  appendMany(stream: string, messages: readonly OutgoingEntry[]): Promise<string[]> {
    const ids: string[] = [];
    const send = () => this.streams.appendMany(stream, messages, ids).then(() => ids);
    return callForMany('appendMany', stream, messages, send, ids);
  }

  /**
   * Puts many jobs into a queue in one round trip: all of them or none. One LPUSH, or a script where one has a delay.
   *
   * @returns their ids, in order.
   */
  enqueueMany(queue: string, messages: readonly OutgoingJob[]): Promise<string[]> {
    return callForMany('enqueueMany', queue, messages, () => this.queues.enqueueMany(queue, messages));
  }
}
