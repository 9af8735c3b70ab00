import { UnencodableMessageError } from '../errors/index.js';
import type { Codec } from './codec.js';

/** @throws UnencodableMessageError with the codec's error as its cause, or where the codec gave neither bytes nor text. */
export function encodeData(data: unknown, codec: Codec): Buffer | string {
  const payload = encode(data, codec);
  if (typeof payload === 'string' || Buffer.isBuffer(payload)) return payload;
  if (payload instanceof Uint8Array) return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  throw new UnencodableMessageError(`its codec gave a ${typeof payload} instead of bytes or a string`);
}

function encode(data: unknown, codec: Codec): unknown {
  try {
    return codec.encode(data);
  } catch (cause) {
    throw new UnencodableMessageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
