/** Types whose line says how many bytes follow: bulk string, bulk error, verbatim string. */
const BLOBS = '$!=';

/** Types whose line says how many frames follow, and how many there are for each that is counted. */
const AGGREGATES: Readonly<Record<string, number>> = { '*': 1, '~': 1, '>': 1, '%': 2, '|': 2 };

/** @returns where the frame that begins at `at` ends, or -1 where bytes are still missing. */
function endOfFrame(bytes: Buffer, at: number): number {
  const lineEnd = bytes.indexOf('\r\n', at);
  if (lineEnd === -1) return -1;
  const type = bytes.toString('latin1', at, at + 1);
  const size = Math.max(0, Number(bytes.toString('latin1', at + 1, lineEnd)));
  const isNull = bytes[at + 1] === 0x2d;
  if (BLOBS.includes(type) && !isNull) {
    const end = lineEnd + 2 + size + 2;
    return end <= bytes.length ? end : -1;
  }
  // An attribute comes in front of the reply that it belongs to.
  const children = size * (AGGREGATES[type] ?? 0) + (type === '|' ? 1 : 0);
  let end = lineEnd + 2;
  for (let child = 0; child < children && end !== -1; child += 1) end = endOfFrame(bytes, end);
  return end;
}

/** Cuts what flows in one direction of a Redis connection into whole commands or replies. */
export class RespFrames {
  private rest: Buffer = Buffer.alloc(0);

  /** @returns the frames that these bytes complete, in order. */
  add(bytes: Buffer): Buffer[] {
    this.rest = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    const frames: Buffer[] = [];
    let start = 0;
    for (let end = this.endAfter(start); end !== -1; end = this.endAfter(start)) {
      frames.push(this.rest.subarray(start, end));
      start = end;
    }
    this.rest = this.rest.subarray(start);
    return frames;
  }

  private endAfter(start: number): number {
    return start < this.rest.length ? endOfFrame(this.rest, start) : -1;
  }
}
