import type { Codec } from './codec.js';
import { decodeForeignJob } from './foreign-payload.js';
import { NO_HEADERS, decodeHeaders } from './headers.js';
import type { Decoded } from './message.interface.js';

/**
 * A list item of ours: one line of text, then the headers' JSON, then the payload's bytes untouched.
 *
 * `$rf1 <id> <attempts> <timestamp> <length of the headers in bytes>\n<headers><payload>`
 *
 * An item without the line is somebody else's: all of it is payload.
 */
export interface QueueItem {
  /** Undefined for a foreign item that was never attempted. */
  readonly id: string | undefined;
  /** How many times its handler was started before. */
  readonly attempts: number;
  /** Milliseconds since 1970 by the producer's clock; undefined for a foreign item, on the wire 0. */
  readonly timestamp: number | undefined;
  /** The headers' JSON, empty where there are none. */
  readonly headers: string;
  readonly payload: Buffer;
}

const MARK = '$rf1 ';
const MARK_BYTES = Buffer.from(MARK);
const LINE = /^\$rf1 (\S+) (\d+) (\d+) (\d+)$/;
const LONGEST_LINE = 256;

export function encodeQueueItem(item: {
  readonly id: string;
  readonly attempts: number;
  readonly timestamp: number;
  readonly headers: string;
  readonly payload: Buffer | string;
}): Buffer | string {
  const { id, attempts, timestamp, headers, payload } = item;
  const prefix = `${MARK}${id} ${attempts} ${timestamp} ${Buffer.byteLength(headers)}\n${headers}`;
  return typeof payload === 'string' ? prefix + payload : Buffer.concat([Buffer.from(prefix), payload]);
}

export function parseQueueItem(raw: Buffer): QueueItem {
  const foreign = { id: undefined, attempts: 0, timestamp: undefined, headers: '', payload: raw };
  if (!raw.subarray(0, MARK_BYTES.length).equals(MARK_BYTES)) return foreign;
  const end = raw.subarray(0, LONGEST_LINE).indexOf(0x0a);
  const match = end < 0 ? null : LINE.exec(raw.toString('latin1', 0, end));
  if (match === null) return foreign;
  const start = end + 1;
  const payloadStart = start + Number(match[4]);
  if (payloadStart > raw.length) return foreign;
  return {
    id: match[1],
    attempts: Number(match[2]),
    timestamp: Number(match[3]) || undefined,
    headers: raw.toString('utf8', start, payloadStart),
    payload: raw.subarray(payloadStart),
  };
}

/** @throws what the codec or the headers' JSON threw. */
export function decodeQueueItem(item: QueueItem, codec: Codec): Decoded {
  const headers = item.headers === '' ? NO_HEADERS : decodeHeaders(item.headers);
  const foreign = item.timestamp === undefined;
  return { data: foreign ? decodeForeignJob(item.payload, codec) : codec.decode(item.payload), headers };
}
