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
    const send = () => this.channels.publish(channel, [{ data, headers: options.headers }]);
    const [receivers] = await checked('publish', { channel }, [options], send);
    return receivers as number;
  }

  /**
   * Appends an entry to a stream: kept, for every consumer group.
   *
   * @returns the entry's id.
   * @see https://redis.io/docs/latest/commands/xadd/
   */
  async append(stream: string, data: unknown, options: AppendOptions = {}): Promise<string> {
    const send = () => {
      const { headers, id, maxLength, format } = options;
      return this.streams.append(stream, [{ data, headers, id }], { maxLength, format });
    };
    const [entry] = await checked('append', { stream }, [options], send);
    return entry as string;
  }

  /**
   * Puts a job into a queue: kept, for one worker.
   *
   * @returns the job's id, a UUID.
   * @see https://redis.io/docs/latest/commands/lpush/
   */
  async enqueue(queue: string, data: unknown, options: EnqueueOptions = {}): Promise<string> {
    const send = () => this.queues.enqueue(queue, [{ data, headers: options.headers }], options.front);
    const [job] = await checked('enqueue', { queue }, [options], send);
    return job as string;
  }

  /** Publishes many messages in one round trip. @returns the receivers of each, in order. */
  publishMany(channel: string, messages: readonly OutgoingMessage[]): Promise<number[]> {
    return checked('publishMany', { channel }, messages, () => this.channels.publish(channel, messages));
  }

  /**
   * Appends many entries in one round trip. Where Redis refuses some of them, the others are there all the same.
   *
   * @returns their ids, in order.
   */
  appendMany(stream: string, messages: readonly OutgoingEntry[]): Promise<string[]> {
    return checked('appendMany', { stream }, messages, () => this.streams.append(stream, messages));
  }

  /** Puts many jobs into a queue in one command: all of them or none. @returns their ids, in order. */
  enqueueMany(queue: string, messages: readonly OutgoingMessage[]): Promise<string[]> {
    return checked('enqueueMany', { queue }, messages, () => this.queues.enqueue(queue, messages));
  }
}

/**
 * Checks a call before anything is sent, and tells apart what was not sent, what Redis refused, and what nobody knows.
 *
 * @param to where to, by its kind.
 * @param given the call's options, or its messages.
 */
async function checked<T>(
  method: keyof typeof PUBLISH_CHECKS,
  to: Readonly<Record<string, string>>,
  given: readonly unknown[],
  send: () => Promise<T>,
): Promise<T> {
  const owner = `RedisPublisher.${method}`;
  const [[kind, target] = ['target', '']] = Object.entries(to);
  if (typeof target !== 'string' || target === '')
    throw new InvalidOptionError(owner, kind, target, 'a non-empty string');
  if (!Array.isArray(given)) throw new InvalidOptionError(owner, 'messages', given, 'an array of { data, headers? }');
  for (const each of given) assertOptions(owner, PUBLISH_CHECKS[method], each);
  try {
    return await send();
  } catch (cause) {
    throw publishError(`${kind} "${target}"`, cause);
  }
}

function publishError(target: string, cause: unknown): unknown {
  const isCertain = replyCode(cause) !== undefined || wasNotSent(cause) || cause instanceof ConnectionNotReadyError;
  if (isCertain) return new PublishFailedError(target, { cause });
  return RedisFlowError.is(cause) ? cause : new PublishOutcomeUnknownError(target, { cause });
}
