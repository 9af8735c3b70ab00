import { HEADERS_FIELD, decodeHeaders } from '../../message/index.js';

/** Where headers that cannot be read are kept as they came. */
const UNREADABLE_HEADERS_FIELD = '$headers-unreadable';

/** The fields of a dead letter: the entry's own bytes, and its headers together with the facts of its end. */
export function deadLetterFields(
  fields: readonly Buffer[],
  facts: Readonly<Record<string, string>>,
): (Buffer | string)[] {
  const kept: (Buffer | string)[] = [];
  let headers: Readonly<Record<string, string>> = {};
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const name = fields[index] as Buffer;
    const value = fields[index + 1] as Buffer;
    if (name.toString('utf8') !== HEADERS_FIELD) {
      kept.push(name, value);
      continue;
    }
    try {
      headers = decodeHeaders(value.toString('utf8'));
    } catch {
      kept.push(UNREADABLE_HEADERS_FIELD, value);
    }
  }
  return [...kept, HEADERS_FIELD, JSON.stringify({ ...headers, ...facts })];
}
