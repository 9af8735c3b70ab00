import { randomUUID } from 'node:crypto';
import {
  type Codec,
  type HeaderRecord,
  type Keys,
  encodeData,
  encodeHeaders,
  encodeQueueItem,
} from '../../message/index.js';
import type { Argument, Command } from '../producer.js';

/** One of many jobs. */
export interface QueueMessage {
  readonly data: unknown;
  readonly headers?: HeaderRecord | undefined;
}

/** What one list command can do for a job. */
export interface EnqueueCommandOptions {
  readonly headers?: HeaderRecord | undefined;
  /** Taken next. @default false */
  readonly front?: boolean | undefined;
}

/**
 * The command that puts one message into a queue as a job, and the job's id.
 *
 * @throws UnencodableMessageError.
 */
export function enqueueCommand(
  keys: Keys,
  codec: Codec,
  queue: string,
  data: unknown,
  options?: EnqueueCommandOptions,
): { readonly id: string; readonly command: Command } {
  const { id, item } = encodeJob(codec, data, options?.headers);
  return { id, command: [pushCommand(options?.front), keys.of(queue), item] };
}

/**
 * The one command that puts many messages into a queue, and the jobs' ids, in order.
 *
 * @throws UnencodableMessageError.
 */
export function enqueueManyCommand(
  keys: Keys,
  codec: Codec,
  queue: string,
  messages: readonly QueueMessage[],
): { readonly ids: string[]; readonly command: Command } {
  const ids: string[] = [];
  const command: [string, ...Argument[]] = ['LPUSH', keys.of(queue)];
  const timestamp = Date.now();
  for (const { data, headers } of messages) {
    const { id, item } = encodeJob(codec, data, headers, timestamp);
    ids.push(id);
    command.push(item);
  }
  return { ids, command };
}

/** The command that puts a job where it is taken last, or with `front` where it is taken next. */
export const pushCommand = (front: boolean | undefined): 'LPUSH' | 'RPUSH' => (front === true ? 'RPUSH' : 'LPUSH');

/**
 * A new job's id and its item.
 *
 * @throws UnencodableMessageError.
 */
export function encodeJob(
  codec: Codec,
  data: unknown,
  given: HeaderRecord | undefined,
  timestamp = Date.now(),
): { readonly id: string; readonly item: Buffer | string } {
  const id = randomUUID();
  const headers = encodeHeaders(given) ?? '';
  const payload = encodeData(data, codec);
  return { id, item: encodeQueueItem({ id, attempts: 0, timestamp, headers, payload }) };
}
