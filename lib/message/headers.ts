import { UnencodableMessageError } from '../errors/index.js';
import type { HeaderRecord } from './message.interface.js';

/** Shared by every message without headers. */
export const NO_HEADERS: HeaderRecord = Object.freeze({});

/** The header that says which messages are one and the same, also when they were published twice. */
export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Gives every value its text: a string stays as it is, anything else becomes its JSON. */
export function normaliseHeaders(headers: Record<string, unknown>): HeaderRecord {
  const entries = Object.entries(headers).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return NO_HEADERS;
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

/**
 * The JSON object that goes on the wire, or undefined where there is nothing to write.
 *
 * @throws UnencodableMessageError.
 */
export function encodeHeaders(headers: HeaderRecord | undefined): string | undefined {
  if (headers === undefined) return undefined;
  if (!isPlainObject(headers)) throw new UnencodableMessageError('"headers" must be an object of strings');
  const normalised = toTexts(headers);
  return normalised === NO_HEADERS ? undefined : JSON.stringify(normalised);
}

function toTexts(headers: HeaderRecord): HeaderRecord {
  try {
    return normaliseHeaders(headers);
  } catch (cause) {
    throw new UnencodableMessageError(`a header has no JSON form (${(cause as Error).message})`, { cause });
  }
}

/** @throws SyntaxError when the text is not a JSON object. */
export function decodeHeaders(text: string): HeaderRecord {
  const value = JSON.parse(text) as unknown;
  if (!isPlainObject(value)) throw new SyntaxError('the headers are not a JSON object');
  return normaliseHeaders(value);
}
