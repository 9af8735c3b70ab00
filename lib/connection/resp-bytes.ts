// The bytes of RESP that are looked at or written one by one: https://redis.io/docs/latest/develop/reference/protocol-spec/

const code = (mark: string): number => mark.charCodeAt(0);

export const CR = code('\r');
export const LF = code('\n');
export const ZERO = code('0');
export const MINUS = code('-');

/** What the head of a reply begins with. */
export const TEXT = code('$');
export const ARRAY = code('*');
export const MAP = code('%');
export const PUSH = code('>');
export const ATTRIBUTE = code('|');
