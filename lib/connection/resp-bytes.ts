const code = (mark: string): number => mark.charCodeAt(0);

/**
 * The bytes of RESP that are looked at or written one by one; texts, arrays, maps, pushes and attributes by what their head
 * begins with.
 *
 * @see https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
export const RESP = {
  CR: code('\r'),
  LF: code('\n'),
  ZERO: code('0'),
  MINUS: code('-'),
  TEXT: code('$'),
  ARRAY: code('*'),
  MAP: code('%'),
  PUSH: code('>'),
  ATTRIBUTE: code('|'),
} as const;
