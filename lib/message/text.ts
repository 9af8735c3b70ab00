import { isUtf8 } from 'node:buffer';

/** The bytes as text, or undefined where they are not UTF-8. `toString()` alone would put U+FFFD in their place. */
export function textOf(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}
