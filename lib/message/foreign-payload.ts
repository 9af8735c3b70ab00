import type { Codec } from './codec.js';
import { textOf } from './text.js';

/**
 * Decodes a payload that stands alone, as each Redis client can write it: what the codec understands, else text as a
 * string, else the bytes themselves.
 */
export function decodeForeignPayload(payload: Buffer, codec: Codec): unknown {
  try {
    return codec.decode(payload);
  } catch {
    return textOf(payload) ?? payload;
  }
}

/**
 * The same for a job, which can be dead-lettered: text that starts as a JSON document and is not one is a broken
 * message, not a text.
 *
 * @throws what the codec threw.
 */
export function decodeForeignJob(payload: Buffer, codec: Codec): unknown {
  try {
    return codec.decode(payload);
  } catch (error) {
    const text = textOf(payload);
    if (text !== undefined && /^\s*[{[]/.test(text)) throw error;
    return text ?? payload;
  }
}
