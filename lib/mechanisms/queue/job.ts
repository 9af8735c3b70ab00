import { randomUUID } from 'node:crypto';
import { DEAD_LETTER_HEADERS } from '../../policies/index.js';
import { type QueueItem, decodeHeaders, parseQueueItem } from '../../message/index.js';

/** A job that was taken from the queue. */
export interface Job {
  /** The item's bytes, as they lie in the consumer's own list. */
  readonly raw: Buffer;
  readonly item: QueueItem;
  /** The item's own id, or a new one for a foreign job. It is kept from the first retry on. */
  readonly id: string;
  /** When it was taken; the time of a foreign job, which has none. */
  readonly takenAt: number;
}

/** What takes the place of the first bytes of an item. Those behind them stay as they are. */
export interface NewHead {
  readonly head: string;
  /** How many bytes it takes the place of. */
  readonly length: number;
}

/** @param takenAt ms since 1970. */
export function toJob(raw: Buffer, takenAt = Date.now()): Job {
  const item = parseQueueItem(raw);
  return { raw, item, id: item.id ?? randomUUID(), takenAt };
}

/** 0 marks a payload that is not of our codec's making. */
const lineStart = ({ id, item }: Job, attempts: string): string => `$rf1 ${id} ${attempts} ${item.timestamp ?? 0} `;

const headersLength = ({ item }: Job): number => item.payloadStart - item.lineLength;

/** The line of an item with so many attempts, the last of which may have crashed. */
export function attemptedHead(job: Job, attempts: number, hasCrashed = false): NewHead {
  const line = lineStart(job, hasCrashed ? `${attempts}!` : String(attempts));
  return { head: `${line}${headersLength(job)}\n`, length: job.item.lineLength };
}

/** The job with another head. */
export function withHead({ raw, id, takenAt }: Job, { head, length }: NewHead): Job {
  const changed = Buffer.concat([Buffer.from(head), raw.subarray(length)]);
  return { raw: changed, item: parseQueueItem(changed), id, takenAt };
}

const FACTS = new Set<string>(Object.values(DEAD_LETTER_HEADERS));

/** What is said of an earlier end is not true of this one. */
const withoutFacts = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !FACTS.has(name)));

/** What a dead letter begins with: its line up to the length of the headers, and the headers, with the facts of its end. */
export interface DeadLetterHead {
  readonly line: string;
  readonly headers: string;
  /** How many bytes both take the place of. */
  readonly length: number;
}

/**
 * Headers that cannot be read are kept as text in one of them. Its attempts are among the facts: whoever handles the dead
 * letter, or gets it put back, has used up none.
 */
export function deadLetterHead(job: Job, facts: Readonly<Record<string, string>>): DeadLetterHead {
  const { item } = job;
  let own: Readonly<Record<string, string>> = {};
  try {
    own = item.headers === '' ? {} : decodeHeaders(item.headers);
  } catch {
    own = { 'unreadable-headers': item.headers };
  }
  return {
    line: lineStart(job, '0'),
    headers: JSON.stringify({ ...withoutFacts(own), ...facts }),
    length: item.payloadStart,
  };
}
