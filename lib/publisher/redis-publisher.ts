import {
  ConnectionNotReadyError,
  InvalidOptionError,
  PublishFailedError,
  PublishOutcomeUnknownError,
  RedisFlowError,
} from '../errors/index.js';
import { type RedisConnection, replyCode, wasNotSent } from '../connection/index.js';
import { ChannelProducer, QueueProducer, StreamProducer } from '../mechanisms/index.js';
import type { Codec } from '../message/index.js';
import { assertOptions } from '../options/check.js';
import { PUBLISH_CHECKS } from './publish-checks.js';
import type {
  AppendOptions,
  EnqueueOptions,
  OutgoingEntry,
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

  /** @internal */
  constructor(connection: RedisConnection, codec: Codec) {
    this.channels = new ChannelProducer({ connection, codec });
    this.streams = new StreamProducer({ connection, codec });
    this.queues = new QueueProducer({ connection, codec });
  }

  /**
   * Publishes on a channel: at most once, for everyone who listens now.
   *
   * @returns how many subscribers Redis gave it to; 0 means that nobody listened.
   * @see https://redis.io/docs/latest/commands/publish/
   */
  async publish(channel: string, data: unknown, options: PublishOptions = {}): Promise<number> {
    assertOptions('RedisPublisher.publish', PUBLISH_CHECKS.publish, options);
    const [receivers] = await guard(`channel "${channel}"`, this.channels.publish(channel, [{ data, ...options }]));
    return receivers as number;
  }

  /**
   * Appends an entry to a stream: kept, for every consumer group.
   *
   * @returns the entry's id.
   * @see https://redis.io/docs/latest/commands/xadd/
   */
  async append(stream: string, data: unknown, options: AppendOptions = {}): Promise<string> {
    assertOptions('RedisPublisher.append', PUBLISH_CHECKS.append, options);
    const { headers, id, maxLength, format } = options;
    const [entry] = await guard(
      `stream "${stream}"`,
      this.streams.append(stream, [{ data, headers, id }], { maxLength, format }),
    );
    return entry as string;
  }

  /**
   * Puts a job into a queue: kept, for one worker.
   *
   * @returns the job's id, a UUID.
   * @see https://redis.io/docs/latest/commands/lpush/
   */
  async enqueue(queue: string, data: unknown, options: EnqueueOptions = {}): Promise<string> {
    assertOptions('RedisPublisher.enqueue', PUBLISH_CHECKS.enqueue, options);
    const { headers, front } = options;
    const [job] = await guard(`queue "${queue}"`, this.queues.enqueue(queue, [{ data, headers }], front));
    return job as string;
  }

  /** Publishes many messages in one round trip. @returns the receivers of each, in order. */
  publishMany(channel: string, messages: readonly OutgoingMessage[]): Promise<number[]> {
    return guard(
      `channel "${channel}"`,
      this.checked('publishMany', messages, () => this.channels.publish(channel, messages)),
    );
  }

  /**
   * Appends many entries in one round trip. Where Redis refuses some of them, the others are there all the same.
   *
   * @returns their ids, in order.
   */
  appendMany(stream: string, messages: readonly OutgoingEntry[]): Promise<string[]> {
    return guard(
      `stream "${stream}"`,
      this.checked('appendMany', messages, () => this.streams.append(stream, messages)),
    );
  }

  /** Puts many jobs into a queue in one command: all of them or none. @returns their ids, in order. */
  enqueueMany(queue: string, messages: readonly OutgoingMessage[]): Promise<string[]> {
    return guard(
      `queue "${queue}"`,
      this.checked('enqueueMany', messages, () => this.queues.enqueue(queue, messages)),
    );
  }

  private async checked<T>(
    method: 'publishMany' | 'appendMany' | 'enqueueMany',
    messages: readonly OutgoingMessage[],
    send: () => Promise<T>,
  ): Promise<T> {
    const owner = `RedisPublisher.${method}`;
    if (!Array.isArray(messages))
      throw new InvalidOptionError(owner, 'messages', messages, 'an array of { data, headers? }');
    for (const message of messages) assertOptions(owner, PUBLISH_CHECKS[method], message);
    return send();
  }
}

/** Tells apart what was not sent, what Redis refused, and what nobody knows. */
async function guard<T>(target: string, sending: Promise<T>): Promise<T> {
  try {
    return await sending;
  } catch (cause) {
    const isCertain = replyCode(cause) !== undefined || wasNotSent(cause) || cause instanceof ConnectionNotReadyError;
    if (isCertain) throw new PublishFailedError(target, { cause });
    if (RedisFlowError.is(cause)) throw cause;
    throw new PublishOutcomeUnknownError(target, { cause });
  }
}
