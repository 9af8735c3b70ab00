import { UnencodableMessageError } from '../errors/index.js';
import type { Codec } from './codec.js';

/** @throws UnencodableMessageError with the codec's error as its cause. */
export function encodeData(data: unknown, codec: Codec): Buffer | string {
  try {
    return codec.encode(data);
  } catch (cause) {
    throw new UnencodableMessageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
