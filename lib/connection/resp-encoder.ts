import type { Argument } from './link.js';
import { RESP } from './resp-bytes.js';

const { ARRAY, CR, LF, TEXT, ZERO } = RESP;

/** What stands around an argument: a mark, its length, and two line ends, in bytes. */
const FRAME = 24;
/** From this size on, buffers are sent as they are and not copied, and long texts are Node's to encode. */
const LARGE = 1_024;

/** Bytes that grow as they are written. */
class Output {
  readonly pieces: Buffer[] = [];
  private bytes: Buffer;
  private at = 0;
  private start = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  /** A line that says how many values or bytes follow. */
  head(mark: number, count: number): void {
    this.bytes[this.at++] = mark;
    let scale = 1;
    while (scale * 10 <= count) scale *= 10;
    for (let rest = count; scale >= 1; rest %= scale, scale = Math.floor(scale / 10))
      this.bytes[this.at++] = ZERO + Math.floor(rest / scale);
    this.lineEnd();
  }

  text(text: string): void {
    if (text.length < LARGE && this.ascii(text)) return;
    const length = Buffer.byteLength(text);
    this.reserve(length + FRAME);
    this.head(TEXT, length);
    this.at += this.bytes.write(text, this.at);
    this.lineEnd();
  }

  blob(blob: Buffer): void {
    const isLarge = blob.length >= LARGE;
    this.reserve(FRAME + (isLarge ? 0 : blob.length));
    this.head(TEXT, blob.length);
    if (isLarge) {
      this.cut();
      this.pieces.push(blob);
    } else this.at += blob.copy(this.bytes, this.at);
    this.lineEnd();
  }

  /** Makes a piece of what has been written since the last one. */
  cut(): void {
    if (this.at > this.start) this.pieces.push(this.bytes.subarray(this.start, this.at));
    this.start = this.at;
  }

  reserve(size: number): void {
    if (this.at + size <= this.bytes.length) return;
    this.cut();
    this.bytes = Buffer.allocUnsafe(Math.max(size, this.bytes.length));
    this.at = 0;
    this.start = 0;
  }

  /** @returns false, with nothing written, where not every character is one byte. */
  private ascii(text: string): boolean {
    this.reserve(text.length + FRAME);
    const { bytes, at: before } = this;
    this.head(TEXT, text.length);
    let { at } = this;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit > 127) {
        this.at = before;
        return false;
      }
      bytes[at++] = unit;
    }
    this.at = at;
    this.lineEnd();
    return true;
  }

  private lineEnd(): void {
    this.bytes[this.at++] = CR;
    this.bytes[this.at++] = LF;
  }
}

/** About how many bytes a command takes: all of them, where its texts are ASCII and its buffers small. */
function sizeOf(args: readonly Argument[]): number {
  let size = FRAME;
  for (const arg of args) size += FRAME + (typeof arg === 'number' ? FRAME : Math.min(arg.length, LARGE));
  return size;
}

/**
 * Commands as they go over the wire, in either protocol. Writing texts byte by byte is several times faster than joining
 * and encoding them, as nearly all are short and ASCII.
 */
export function encodeCommands(commands: readonly (readonly Argument[])[]): readonly Buffer[] {
  let size = 0;
  for (const args of commands) size += sizeOf(args);
  const output = new Output(size);
  for (const args of commands) {
    output.reserve(FRAME);
    output.head(ARRAY, args.length);
    for (const arg of args) {
      if (typeof arg === 'string') output.text(arg);
      else if (typeof arg === 'number') output.text(String(arg));
      else output.blob(arg);
    }
  }
  output.cut();
  return output.pieces;
}
