import { textOf } from './text.js';

/**
 * Turns data into bytes and back. One per module, by the `codec` option.
 *
 * `decode` throws on bytes that are not its own: such a message is fatal and goes to the dead letters byte for byte.
 *
 * @example
 * ```ts
 * const msgpackCodec: Codec = { encode: (data) => pack(data), decode: (bytes) => unpack(bytes) };
 * ```
 */
export interface Codec {
  /**
   * What it throws is the cause of the `UnencodableMessageError` that the publisher throws; nothing is sent then.
   *
   * @returns the payload; a string is sent as UTF-8.
   */
  encode(data: unknown): Buffer | string;
  /**
   * Must throw on bytes that are not its own. An entry or a job goes to the dead letters as `undecodable` then, and its
   * handler is not started. A channel's message, and a job that a program without this library has pushed, arrive as text,
   * or as the bytes where they are not UTF-8; text of such a job that begins with `{` or `[` is dead-lettered.
   *
   * @param payload what `encode` gave, as bytes.
   * @returns the data.
   */
  decode(payload: Buffer): unknown;
}

/** The default codec: JSON in UTF-8. */
export const jsonCodec: Codec = {
  encode(data) {
    const text = JSON.stringify(data) as string | undefined;
    if (text === undefined) throw new TypeError(`${typeof data} has no JSON form`);
    return text;
  },
  decode: (payload) => parseJson(payload, 0),
};

/** What a codec makes of the bytes from `start` on. JSON is read where it lies. */
export const decodeFrom = (codec: Codec, bytes: Buffer, start: number): unknown =>
  codec === jsonCodec ? parseJson(bytes, start) : codec.decode(bytes.subarray(start));

function parseJson(bytes: Buffer, start: number): unknown {
  const text = textOf(bytes, start);
  if (text === undefined) throw new SyntaxError('the bytes are not UTF-8');
  return JSON.parse(text) as unknown;
}
