import type { Codec } from './codec.js';
import { decodeForeignJob } from './foreign-payload.js';
import { NO_HEADERS, decodeHeaders } from './headers.js';
import type { Decoded } from './message.interface.js';

/**
 * A list item of ours: one line of text, then the headers' JSON, then the payload's bytes untouched.
 *
 * `$rf1 <id> <attempts> <timestamp> <length of the headers in bytes>\n<headers><payload>`
 *
 * A `!` behind the attempts says that the last of them never came to an end. An item without the line is somebody
 * else's: all of it is payload. Scripts read the line as well (`queue/item.lua.ts`), and by the same rules.
 */
export interface QueueItem {
  /** Undefined for a foreign item that was never attempted. */
  readonly id: string | undefined;
  /** How many times its handler was started before. */
  readonly attempts: number;
  /** Whether the process of the last of these starts is gone, and its handler never came to an end. */
  readonly hasCrashed: boolean;
  /** Milliseconds since 1970 by the producer's clock; undefined for a foreign item, on the wire 0. */
  readonly timestamp: number | undefined;
  /** The headers' JSON, empty where there are none. */
  readonly headers: string;
  readonly payload: Buffer;
  /** The bytes of the line, its end included; 0 for a foreign item. */
  readonly lineLength: number;
}

const MARK = '$rf1 ';
const MARK_BYTES = Buffer.from(MARK);
const LINE = /^\$rf1 ([!-~]+) (\d{1,9})(!?) (\d+) (\d+)$/;
const LONGEST_LINE = 256;
const FOREIGN = { id: undefined, attempts: 0, hasCrashed: false, timestamp: undefined, headers: '', lineLength: 0 };

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
  const foreign = { ...FOREIGN, payload: raw };
  if (!raw.subarray(0, MARK_BYTES.length).equals(MARK_BYTES)) return foreign;
  const end = raw.subarray(0, LONGEST_LINE).indexOf(0x0a);
  const match = end < 0 ? null : LINE.exec(raw.toString('latin1', 0, end));
  if (match === null) return foreign;
  const lineLength = end + 1;
  const payloadStart = lineLength + Number(match[5]);
  if (payloadStart > raw.length) return foreign;
  return {
    id: match[1],
    attempts: Number(match[2]),
    hasCrashed: match[3] === '!',
    timestamp: Number(match[4]) || undefined,
    headers: raw.toString('utf8', lineLength, payloadStart),
    payload: raw.subarray(payloadStart),
    lineLength,
  };
}

/** @throws what the codec or the headers' JSON threw. */
export function decodeQueueItem(item: QueueItem, codec: Codec): Decoded {
  const headers = item.headers === '' ? NO_HEADERS : decodeHeaders(item.headers);
  const foreign = item.timestamp === undefined;
  return { data: foreign ? decodeForeignJob(item.payload, codec) : codec.decode(item.payload), headers };
}
