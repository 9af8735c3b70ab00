import { randomUUID } from 'node:crypto';
import { type QueueItem, decodeHeaders, encodeQueueItem, parseQueueItem } from '../../message/index.js';

/** A job that was taken from the queue. */
export interface Job {
  /** The item's bytes, as they lie in the processing list. */
  readonly raw: Buffer;
  readonly item: QueueItem;
  /** The item's own id, or a new one for a foreign job. It is kept from the first retry on. */
  readonly id: string;
  /** When it was taken; the time of a foreign job, which has none. */
  readonly takenAt: number;
}

export function toJob(raw: Buffer): Job {
  const item = parseQueueItem(raw);
  return { raw, item, id: item.id ?? randomUUID(), takenAt: Date.now() };
}

function encode(job: Job, attempts: number, headers: string): Buffer {
  const { id, item } = job;
  // 0 marks a payload that is not of our codec's making.
  const encoded = encodeQueueItem({ id, attempts, timestamp: item.timestamp ?? 0, headers, payload: item.payload });
  return encoded as Buffer;
}

/** The item with its attempts counted. */
export const attemptedItem = (job: Job, attempts: number): Buffer => encode(job, attempts, job.item.headers);

/** The item with the facts of its end among its headers. Headers that cannot be read are kept as text in one of them. */
export function deadLetterItem(job: Job, attempts: number, facts: Readonly<Record<string, string>>): Buffer {
  const { headers } = job.item;
  let own: Readonly<Record<string, string>> = {};
  try {
    own = headers === '' ? {} : decodeHeaders(headers);
  } catch {
    own = { 'unreadable-headers': headers };
  }
  return encode(job, attempts, JSON.stringify({ ...own, ...facts }));
}
