import { UnencodableMessageError } from '../errors/index.js';
import type { Codec } from './codec.js';
import { encodeData } from './encode-data.js';
import { NO_HEADERS, decodeHeaders, encodeHeaders } from './headers.js';
import type { Decoded, HeaderRecord } from './message.interface.js';
import { textOf } from './text.js';

/** The field that holds the encoded payload of an entry of ours. */
export const DATA_FIELD = '$data';
const DATA_FIELD_BYTES = Buffer.from(DATA_FIELD);
/** The field that holds the headers, a JSON object, where there are any. */
export const HEADERS_FIELD = '$headers';

/** How `append` writes an entry: the payload in one field, or flat fields as other programs write them. */
export type StreamEntryFormat = 'envelope' | 'fields';

function encodeField(name: string, value: unknown): Buffer | string {
  if (typeof value === 'string' || Buffer.isBuffer(value)) return value;
  const text = jsonOf(name, value);
  if (text === undefined) throw new UnencodableMessageError(`field "${name}" is a ${typeof value}`);
  return text;
}

function jsonOf(name: string, value: unknown): string | undefined {
  try {
    return JSON.stringify(value) as string | undefined;
  } catch (cause) {
    throw new UnencodableMessageError(`field "${name}" has no JSON form (${(cause as Error).message})`, { cause });
  }
}

function encodeFlat(data: unknown): (Buffer | string)[] {
  const isObject = typeof data === 'object' && data !== null && !Array.isArray(data) && !Buffer.isBuffer(data);
  const entries = isObject ? Object.entries(data).filter(([, value]) => value !== undefined) : [];
  if (entries.length === 0) {
    throw new UnencodableMessageError(`format 'fields' takes an object with at least one field`);
  }
  return entries.flatMap(([name, value]) => [name, encodeField(name, value)]);
}

/** The field and value list that XADD takes. */
export function encodeStreamEntry(
  data: unknown,
  codec: Codec,
  headers?: HeaderRecord,
  format: StreamEntryFormat = 'envelope',
): (Buffer | string)[] {
  const fields = format === 'fields' ? encodeFlat(data) : [DATA_FIELD, encodeData(data, codec)];
  const encodedHeaders = encodeHeaders(headers);
  return encodedHeaders === undefined ? fields : [...fields, HEADERS_FIELD, encodedHeaders];
}

/**
 * Decodes the field and value list of an entry. One without `$data` is somebody else's: its data is the flat object of
 * its fields, text as strings and anything else as bytes.
 *
 * @throws what the codec or the headers' JSON threw.
 */
export function decodeStreamEntry(fields: readonly Buffer[], codec: Codec): Decoded {
  const [name, value] = fields;
  // Nearly every entry: ours, without headers.
  if (fields.length === 2 && value !== undefined && name?.equals(DATA_FIELD_BYTES))
    return { data: codec.decode(value), headers: NO_HEADERS };
  const flat: Record<string, unknown> = {};
  let payload: Buffer | undefined;
  let headers = NO_HEADERS;
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const name = (fields[index] as Buffer).toString('utf8');
    const value = fields[index + 1] as Buffer;
    if (name === DATA_FIELD) payload = value;
    else if (name === HEADERS_FIELD) headers = decodeHeaders(value.toString('utf8'));
    else
      Object.defineProperty(flat, name, {
        value: textOf(value) ?? value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
  return { data: payload === undefined ? flat : codec.decode(payload), headers };
}
