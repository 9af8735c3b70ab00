import { INCOMPLETE } from '../../../lib/connection/resp-decoder.js';
import { ReplyError } from '../../../lib/connection/reply-error.js';
import { RespInput } from '../../../lib/connection/resp-input.js';
import { below, randomBytes } from '../seeded.js';

type Random = () => number;

/** A reply as it goes over the wire, and what is to be made of it. */
export interface Sample {
  readonly wire: Buffer;
  readonly value: unknown;
}

export const RESP2 = 2;
export const RESP3 = 3;
export const PROTOCOLS = [RESP2, RESP3] as const;

export const wire = (...parts: (string | Buffer)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));

export const blob = (mark: string, bytes: Buffer): Buffer => wire(`${mark}${bytes.length}\r\n`, bytes, '\r\n');

type Make = (random: Random) => Sample;

const pick = <T>(random: Random, from: readonly T[]): T => from[below(random, from.length)] as T;

const line = (random: Random): string =>
  Array.from({ length: below(random, 12) }, () => pick(random, ['a', 'é', ' ', '-', ':', '$', '*', '1'])).join('');

function scalar(random: Random): Sample {
  const bytes = randomBytes(random, pick(random, [5, 40, 400]));
  const number = pick(random, [0, 1, -1, 9_007_199_254_740_991, below(random, 1_000)]);
  const text = line(random);
  return pick<Make>(random, [
    () => ({ wire: blob('$', bytes), value: bytes }),
    () => ({ wire: wire(`:${number}\r\n`), value: number }),
    () => ({ wire: wire(`+${text}\r\n`), value: Buffer.from(text) }),
    () => ({ wire: wire(`-ERR ${text}\r\n`), value: new ReplyError(`ERR ${text}`) }),
    () => ({ wire: wire('$-1\r\n'), value: null }),
    () => ({ wire: wire('*-1\r\n'), value: null }),
  ])(random);
}

function scalar3(random: Random): Sample {
  const bytes = randomBytes(random, 20);
  return pick<Make>(random, [
    scalar,
    () => ({ wire: wire('_\r\n'), value: null }),
    () => ({ wire: wire('#t\r\n'), value: 1 }),
    () => ({ wire: wire('#f\r\n'), value: 0 }),
    () => ({ wire: wire(',-1.5e9\r\n'), value: Buffer.from('-1.5e9') }),
    () => ({ wire: wire('(123456789012345678901234567890\r\n'), value: '123456789012345678901234567890' }),
    () => ({ wire: blob('=', wire('txt:', bytes)), value: bytes }),
    () => ({ wire: blob('!', Buffer.from('ERR big\r\nno')), value: new ReplyError('ERR big\r\nno') }),
  ])(random);
}

const many = (length: number, make: () => Sample): { parts: Buffer[]; values: unknown[] } => {
  const samples = Array.from({ length }, make);
  return { parts: samples.map((sample) => sample.wire), values: samples.map((sample) => sample.value) };
};

/** What may stand in front of any value of RESP3, and is nothing to the reader. */
function attribute(random: Random): Buffer {
  const length = below(random, 3);
  return wire(`|${length}\r\n`, ...many(2 * length, () => scalar3(random)).parts);
}

/** What Redis sends without being asked. */
export function push(random: Random): Buffer {
  const length = 1 + below(random, 3);
  return wire(`>${length}\r\n`, ...many(length, () => randomReply(random, RESP3, 1)).parts);
}

/** Any reply of a protocol. */
export function randomReply(random: Random, protocol: number, depth = 3): Sample {
  const leaf = (): Sample => (protocol === RESP3 ? scalar3(random) : scalar(random));
  if (depth === 0 || random() < 0.4) return leaf();
  const mark = protocol === RESP3 ? pick(random, ['*', '~', '%']) : '*';
  const length = below(random, 5);
  const each = mark === '%' ? 2 : 1;
  const { parts, values } = many(length * each, () => randomReply(random, protocol, depth - 1));
  const before = protocol === RESP3 && random() < 0.2 ? attribute(random) : '';
  return { wire: wire(before, `${mark}${length}\r\n`, ...parts), value: values };
}

/** Cuts bytes anywhere into chunks, some of a single byte. */
export function cut(random: Random, bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = 1 + below(random, pick(random, [1, 8, 100, bytes.length]));
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

/** Everything that a decoder makes of some chunks. */
export function decodeAll(decoder: { decode(input: RespInput): unknown }, chunks: readonly Buffer[]): unknown[] {
  const input = new RespInput();
  const replies: unknown[] = [];
  for (const chunk of chunks) {
    if (!input.push(chunk)) continue;
    while (!input.isEmpty || input.advance()) {
      const reply = decoder.decode(input);
      if (reply !== INCOMPLETE) replies.push(reply);
      else if (!input.advance()) break;
    }
    input.release();
  }
  return replies;
}
