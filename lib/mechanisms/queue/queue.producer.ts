import type { Report } from '../../events/index.js';
import { type Argument, type ProducerRequest, runScript, send } from '../producer.js';
import { TrimNews } from './trim-news.js';
import { ENQUEUE, ENQUEUE_CAPPED } from './enqueue.scripts.js';
import { queueKeys } from './queue-keys.js';
import {
  type EnqueueCommandOptions,
  type QueueMessage,
  encodeJob,
  enqueueCommand,
  enqueueManyCommand,
  pushCommand,
} from './queue.commands.js';

/** Everything that a job can be asked for. */
export interface EnqueueOptions extends EnqueueCommandOptions {
  /** Ms by Redis' clock before it can be taken. @default 0 */
  readonly delay?: number | undefined;
  /** The most jobs that wait afterwards. @default any number */
  readonly maxLength?: number | undefined;
}

/** One of many jobs. */
export interface DelayableMessage extends QueueMessage {
  /** Ms by Redis' clock before it can be taken. @default 0 */
  readonly delay?: number | undefined;
}

const NO_OPTIONS: EnqueueOptions = {};

const isDelayed = ({ delay = 0 }: { readonly delay?: number | undefined }): boolean => delay > 0;

/** Puts jobs into queues. */
export class QueueProducer {
  private readonly news: TrimNews;

  constructor(
    private readonly request: ProducerRequest,
    report: Report,
  ) {
    this.news = new TrimNews(request.connection.name, report);
  }

  /** @returns the job's id. */
  async enqueue(queue: string, data: unknown, options: EnqueueOptions = NO_OPTIONS): Promise<string> {
    const { connection, codec } = this.request;
    const { maxLength } = options;
    if (isDelayed(options)) return this.enqueueByScript(queue, [{ ...options, data }]).then(([id = '']) => id);
    if (maxLength !== undefined) return this.enqueueCapped(queue, data, { ...options, maxLength });
    const { id, command } = enqueueCommand(connection.keys, codec, queue, data, options);
    await send(connection, command);
    return id;
  }

  /** All of them or none. @returns the jobs' ids, in order. */
  async enqueueMany(queue: string, messages: readonly DelayableMessage[]): Promise<string[]> {
    if (messages.length === 0) return [];
    if (messages.some((message) => isDelayed(message))) return this.enqueueByScript(queue, messages);
    const { connection, codec } = this.request;
    const { ids, command } = enqueueManyCommand(connection.keys, codec, queue, messages);
    await send(connection, command);
    return ids;
  }

  private async enqueueByScript(queue: string, messages: readonly DelayableMessage[]): Promise<string[]> {
    const { connection, codec } = this.request;
    const ids: string[] = [];
    const now: Argument[] = [];
    const later: Argument[] = [];
    const timestamp = Date.now();
    for (const { data, headers, delay = 0 } of messages) {
      const { id, item } = encodeJob(codec, data, headers, timestamp);
      ids.push(id);
      if (delay > 0) later.push(delay, item);
      else now.push(item);
    }
    const keys = queueKeys(connection.keys, queue);
    await runScript(connection, ENQUEUE, [keys.queue, keys.delayed], [now.length, ...now, ...later]);
    return ids;
  }

  private async enqueueCapped(
    queue: string,
    data: unknown,
    { headers, front, maxLength }: EnqueueOptions & { readonly maxLength: number },
  ): Promise<string> {
    const { connection, codec } = this.request;
    const { id, item } = encodeJob(codec, data, headers);
    const args = [pushCommand(front), maxLength, item];
    const count = Number(await runScript(connection, ENQUEUE_CAPPED, [connection.keys.of(queue)], args));
    if (count > 0) this.news.trimmed(queue, count, maxLength);
    return id;
  }
}
