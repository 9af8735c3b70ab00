import { ReplyError } from './reply-error.js';
import { RESP } from './resp-bytes.js';
import type { RespInput } from './resp-input.js';

const { ARRAY, ATTRIBUTE, MAP, PUSH, TEXT } = RESP;

/** The reply has not come to its end yet. */
export const INCOMPLETE = Symbol('incomplete');
/** What was read is not a value yet: the head of an array, or something to skip. */
const NO_VALUE = Symbol('no value');

/** An array that is being read. */
interface Frame {
  readonly items: unknown[];
  missing: number;
  /** Pushes and attributes are read and thrown away. */
  readonly isSkipped: boolean;
}

const code = (mark: string): number => mark.charCodeAt(0);
const TRUE = code('t');
/** What `txt:` takes in front of a verbatim string. */
const FORMAT_LENGTH = 4;

type ReadLine = (input: RespInput, end: number) => unknown;

const bytesOf: ReadLine = ({ bytes, at }, end) => bytes.subarray(at + 1, end);
const textOf: ReadLine = ({ bytes, at }, end) => bytes.toString('latin1', at + 1, end);

/** What is in one line. */
const LINES: ReadonlyMap<number, ReadLine> = new Map<number, ReadLine>([
  [code('+'), bytesOf],
  [code(':'), (input, end) => input.number(end)],
  [code('-'), ({ bytes, at }, end) => new ReplyError(bytes.toString('utf8', at + 1, end))],
  [code('_'), () => null],
  [code('#'), ({ bytes, at }) => (bytes[at + 1] === TRUE ? 1 : 0)],
  [code(','), bytesOf],
  [code('('), textOf],
]);

/** What is in a line that says a length, and in so many bytes after it. */
const BLOBS: ReadonlyMap<number, (bytes: Buffer) => unknown> = new Map<number, (bytes: Buffer) => unknown>([
  [TEXT, (bytes) => bytes],
  [code('='), (bytes) => bytes.subarray(FORMAT_LENGTH)],
  [code('!'), (bytes) => new ReplyError(bytes.toString('utf8'))],
]);

/** How many values stand behind one of the number in the head. */
const ARRAYS: ReadonlyMap<number, number> = new Map([
  [ARRAY, 1],
  [code('~'), 1],
  [MAP, 2],
  [PUSH, 1],
  [ATTRIBUTE, 2],
]);

/**
 * Decodes any reply of RESP2 or RESP3, in as many pieces as it comes. What has been read once is not read again: an
 * unfinished array is kept, so a large reply takes no more time in many pieces than in one.
 *
 * Strings, doubles and verbatim strings come as bytes that share memory with the input, booleans as 1 and 0, big numbers
 * as text, maps as flat arrays, errors as values, nulls of either protocol as null: what ioredis gives in its legacy
 * mapping. Pushes and attributes are skipped.
 */
export class RespDecoder {
  private readonly frames: Frame[] = [];

  /** Whether an array has been begun and is not finished. */
  get isOpen(): boolean {
    return this.frames.length > 0;
  }

  /**
   * The next value, or INCOMPLETE: call again when more has come.
   *
   * @throws where this is not RESP. There is no going on after that.
   */
  decode(input: RespInput): unknown {
    for (;;) {
      const item = this.read(input);
      if (item === INCOMPLETE) return INCOMPLETE;
      const value = item === NO_VALUE ? NO_VALUE : this.place(item);
      if (value !== NO_VALUE) return value;
    }
  }

  private read(input: RespInput): unknown {
    const end = input.lineEnd();
    if (end < 0) return INCOMPLETE;
    const mark = input.bytes[input.at] as number;
    const readLine = LINES.get(mark);
    if (readLine === undefined) return this.readLong(input, mark, end);
    const value = readLine(input, end);
    input.at = end + 2;
    return value;
  }

  private readLong(input: RespInput, mark: number, end: number): unknown {
    const length = input.number(end);
    const blob = BLOBS.get(mark);
    const each = ARRAYS.get(mark);
    if ((blob ?? each) === undefined || Number.isNaN(length)) throw notResp(input, end);
    if (blob !== undefined && length >= 0) return readBlob(input, end, length, blob);
    input.at = end + 2;
    return each === undefined || length < 0 ? null : this.open(mark, length * each);
  }

  private open(mark: number, missing: number): unknown {
    const isSkipped = mark === PUSH || mark === ATTRIBUTE;
    if (missing === 0) return isSkipped ? NO_VALUE : [];
    this.frames.push({ items: [], missing, isSkipped });
    return NO_VALUE;
  }

  /** Puts a value where it belongs, and finishes what it was the last of. */
  private place(item: unknown): unknown {
    let value = item;
    for (let frame = this.frames.at(-1); frame !== undefined; frame = this.frames.at(-1)) {
      frame.items.push(value);
      frame.missing -= 1;
      if (frame.missing > 0) return NO_VALUE;
      this.frames.pop();
      if (frame.isSkipped) return NO_VALUE;
      value = frame.items;
    }
    return value;
  }
}

function readBlob(input: RespInput, end: number, length: number, blob: (bytes: Buffer) => unknown): unknown {
  const start = end + 2;
  if (!input.has(start - input.at, length)) return INCOMPLETE;
  input.at = start + length + 2;
  return blob(input.bytes.subarray(start, start + length));
}

function notResp({ bytes, at }: RespInput, end: number): Error {
  return new Error(`not a reply of Redis: ${JSON.stringify(bytes.toString('latin1', at, Math.min(end, at + 40)))}`);
}
