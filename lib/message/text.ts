import { isUtf8 } from 'node:buffer';

/** The bytes from `start` on as text, or undefined where they are not UTF-8. `toString()` alone would put U+FFFD in their place. */
export function textOf(bytes: Buffer, start = 0): string | undefined {
  const text = bytes.toString('utf8', start);
  // A text may have that character itself, but few do.
  return text.includes('\uFFFD') && !isUtf8(bytes.subarray(start)) ? undefined : text;
}
