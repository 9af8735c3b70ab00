import { RESP } from './resp-bytes.js';

const { CR, LF, MINUS, TEXT, ZERO } = RESP;

const NOTHING: Buffer = Buffer.alloc(0);

/** How much more than is missing is joined, so that a line that was cut is whole, in bytes. */
const SPARE = 32;

/**
 * The bytes that have come and are not decoded yet, and how far that is. Where a value was cut, its parts are joined, and
 * next to nothing besides: the chunks themselves are decoded where they are. A long text is joined when all of it is there.
 */
export class RespInput {
  /** What can be decoded, from `at` on. */
  bytes = NOTHING;
  at = 0;
  private waiting: Buffer[] = [];
  /** How many more bytes have to come before it is worth a look. */
  private missing = 0;
  /** The chunk whose beginning was joined to what was before it, and where in `bytes` it begins. */
  private last = NOTHING;
  private lastAt = 0;

  /** Takes a chunk. @returns whether there is something to decode. */
  push(chunk: Buffer): boolean {
    if (this.isEmpty) {
      this.bytes = chunk;
      this.at = 0;
      return true;
    }
    this.missing -= chunk.length;
    if (this.missing <= 0) this.join(chunk);
    else this.waiting.push(chunk);
    return this.missing <= 0;
  }

  get isEmpty(): boolean {
    return this.at === this.bytes.length;
  }

  /** Turns to what has come after `bytes`. @returns whether there is something to decode. */
  advance(): boolean {
    const { last, lastAt } = this;
    const joined = this.bytes.length - lastAt;
    this.last = NOTHING;
    if (last === NOTHING || joined >= last.length) return false;
    if (this.at < lastAt) return this.push(last.subarray(joined));
    this.bytes = last;
    this.at -= lastAt;
    return true;
  }

  /** Lets go of bytes that are all decoded, so that they live no longer than what was made of them. */
  release(): void {
    if (!this.isEmpty) return;
    this.bytes = NOTHING;
    this.at = 0;
  }

  private join(last: Buffer): void {
    const needed = last.length + this.missing;
    const begin = last.subarray(0, needed + SPARE);
    this.bytes = Buffer.concat([this.bytes.subarray(this.at), ...this.waiting, begin]);
    this.at = 0;
    this.waiting = [];
    this.last = last;
    this.lastAt = this.bytes.length - begin.length;
  }

  /** Where the line that begins here ends, or -1 where its end has not come. */
  lineEnd(): number {
    const { bytes } = this;
    for (let index = this.at; index + 1 < bytes.length; index += 1) if (bytes[index] === CR) return index;
    this.missing = 1;
    return -1;
  }

  /** The whole number in the line that ends at `end`, after its mark; NaN where there is something else. */
  number(end: number): number {
    const isNegative = this.bytes[this.at + 1] === MINUS;
    let value = 0;
    for (let index = this.at + (isNegative ? 2 : 1); index < end; index += 1) {
      const digit = (this.bytes[index] as number) - ZERO;
      if (digit < 0 || digit > 9) return NaN;
      value = value * 10 + digit;
    }
    return isNegative ? -value : value;
  }

  /** Whether a text of so many bytes and its line end are there, `offset` bytes from here. */
  has(offset: number, length: number): boolean {
    const missing = this.at + offset + length + 2 - this.bytes.length;
    if (missing > 0) this.missing = missing;
    return missing <= 0;
  }

  /**
   * The number in a line that begins here with `mark`, as the head of an array or a text. Goes on after it.
   *
   * @returns -1 where it is something else, or where its end has not come.
   */
  head(mark: number): number {
    const { bytes } = this;
    let index = this.at;
    if (bytes[index] !== mark) return -1;
    let value = 0;
    let digit = (bytes[(index += 1)] as number) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    for (; digit >= 0 && digit <= 9; digit = (bytes[(index += 1)] as number) - ZERO) value = value * 10 + digit;
    if (bytes[index] !== CR || bytes[index + 1] !== LF) return -1;
    this.at = index + 2;
    return value;
  }

  /** Goes on after a text of so many bytes and its line end, if all of it is there. */
  skip(length: number): boolean {
    const end = this.at + length + 2;
    if (length < 0 || end > this.bytes.length) return false;
    this.at = end;
    return true;
  }

  /** The text that begins here, if all of it is there. */
  text(): Buffer | undefined {
    const length = this.head(TEXT);
    const { bytes, at } = this;
    return this.skip(length) ? bytes.subarray(at, at + length) : undefined;
  }
}
