import { type Codec, decodeFrom } from './codec.js';
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
  /** Where the payload begins, in bytes. */
  readonly payloadStart: number;
  /** The bytes of the line, its end included; 0 for a foreign item. */
  readonly lineLength: number;
}

const MARK = '$rf1 ';
const MARK_BYTES = Buffer.from(MARK);
const LONGEST_LINE = 256;
/** Bounds that leave room in the line for what is written into it later: attempts, and headers that grow. */
const LONGEST_ID = 128;
const MOST_ATTEMPTS_DIGITS = 9;
const MOST_TIMESTAMP_DIGITS = 15;
const MOST_LENGTH_DIGITS = 15;

const SPACE = 0x20;
const CRASHED = 0x21;
const TILDE = 0x7e;
const LF = 0x0a;
const ZERO = 0x30;

/** Reads the line of an item byte by byte: several times faster than a text and an expression, and each job is read. */
class LineReader {
  at = MARK_BYTES.length;
  /** Whether it is no line of ours. */
  isBad = false;

  constructor(private readonly raw: Buffer) {}

  /** Printable characters up to a space. */
  word(): string {
    const { raw, at } = this;
    let end = at;
    for (let byte = raw[end] ?? 0; byte > SPACE && byte <= TILDE && end < LONGEST_LINE; byte = raw[end] ?? 0) end += 1;
    this.isBad ||= end === at || end - at > LONGEST_ID;
    this.at = end;
    return raw.toString('latin1', at, end);
  }

  /** Digits, `most` of them at most. */
  number(most: number): number {
    const { raw, at } = this;
    let end = at;
    let value = 0;
    for (let digit = digitAt(raw, end); digit >= 0 && digit <= 9 && end < LONGEST_LINE; digit = digitAt(raw, end)) {
      value = value * 10 + digit;
      end += 1;
    }
    this.isBad ||= end === at || end - at > most;
    this.at = end;
    return value;
  }

  /** Goes on after a byte that has to come now. */
  expect(byte: number): void {
    this.isBad ||= this.raw[this.at] !== byte;
    this.at += 1;
  }

  /** Goes on after a byte, if it comes now. */
  skip(byte: number): boolean {
    const comes = this.raw[this.at] === byte;
    if (comes) this.at += 1;
    return comes;
  }
}

const digitAt = (raw: Buffer, index: number): number => (raw[index] ?? 0) - ZERO;

function startsWithMark(raw: Buffer): boolean {
  for (let index = 0; index < MARK_BYTES.length; index += 1) if (raw[index] !== MARK_BYTES[index]) return false;
  return true;
}

export function encodeQueueItem(item: {
  readonly id: string;
  readonly attempts: number;
  readonly timestamp: number;
  readonly headers: string;
  readonly payload: Buffer | string;
}): Buffer | string {
  const { id, attempts, timestamp, headers, payload } = item;
  const prefix = `${MARK}${id} ${attempts} ${timestamp} ${headers === '' ? 0 : Buffer.byteLength(headers)}\n${headers}`;
  return typeof payload === 'string' ? prefix + payload : Buffer.concat([Buffer.from(prefix), payload]);
}

function foreignItem(): QueueItem {
  return {
    id: undefined,
    attempts: 0,
    hasCrashed: false,
    timestamp: undefined,
    headers: '',
    payloadStart: 0,
    lineLength: 0,
  };
}

export function parseQueueItem(raw: Buffer): QueueItem {
  if (!startsWithMark(raw)) return foreignItem();
  const line = new LineReader(raw);
  const id = line.word();
  line.expect(SPACE);
  const attempts = line.number(MOST_ATTEMPTS_DIGITS);
  const hasCrashed = line.skip(CRASHED);
  line.expect(SPACE);
  const timestamp = line.number(MOST_TIMESTAMP_DIGITS) || undefined;
  line.expect(SPACE);
  const headersLength = line.number(MOST_LENGTH_DIGITS);
  line.expect(LF);
  const lineLength = line.at;
  const payloadStart = lineLength + headersLength;
  if (line.isBad || lineLength > LONGEST_LINE || payloadStart > raw.length) return foreignItem();
  const headers = headersLength === 0 ? '' : raw.toString('utf8', lineLength, payloadStart);
  return { id, attempts, hasCrashed, timestamp, headers, payloadStart, lineLength };
}

/** @throws what the codec or the headers' JSON threw. */
export function decodeQueueItem(raw: Buffer, { headers, timestamp, payloadStart }: QueueItem, codec: Codec): Decoded {
  const isForeign = timestamp === undefined;
  const data = isForeign ? decodeForeignJob(raw.subarray(payloadStart), codec) : decodeFrom(codec, raw, payloadStart);
  return { data, headers: headers === '' ? NO_HEADERS : decodeHeaders(headers) };
}
