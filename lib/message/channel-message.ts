import { type Codec, jsonCodec } from './codec.js';
import { encodeData } from './encode-data.js';
import { decodeForeignPayload } from './foreign-payload.js';
import { NO_HEADERS, encodeHeaders, normaliseHeaders } from './headers.js';
import type { Decoded } from './message.interface.js';

interface Envelope {
  readonly $data?: unknown;
  readonly $base64?: string;
  readonly $headers: Record<string, unknown>;
}

/**
 * The payload itself; with headers, or where the payload itself looks like one, the envelope
 * `{"$data":…,"$headers":{…}}`. What another codec than `jsonCodec` made goes into the envelope as `$base64`, as only
 * its bytes are its own.
 */
export function encodeChannelMessage(data: unknown, codec: Codec, headers?: Record<string, string>): Buffer | string {
  const payload = encodeData(data, codec);
  const encodedHeaders = encodeHeaders(headers) ?? (isEnvelope(payload) ? '{}' : undefined);
  if (encodedHeaders === undefined) return payload;
  if (typeof payload === 'string' && codec === jsonCodec) return `{"$data":${payload},"$headers":${encodedHeaders}}`;
  const base64 = Buffer.from(payload as Buffer).toString('base64');
  return `{"$base64":"${base64}","$headers":${encodedHeaders}}`;
}

const ENVELOPE_START = Buffer.from('{"$');

function isEnvelope(payload: Buffer | string): boolean {
  // Cheap for the many that are not.
  if (typeof payload === 'string' && !payload.startsWith('{"$')) return false;
  return parseEnvelope(Buffer.from(payload as Buffer)) !== undefined;
}

function parseEnvelope(bytes: Buffer): Envelope | undefined {
  if (!bytes.subarray(0, ENVELOPE_START.length).equals(ENVELOPE_START)) return undefined;
  try {
    const value = JSON.parse(bytes.toString('utf8')) as Partial<Envelope>;
    const hasHeaders = typeof value.$headers === 'object' && value.$headers !== null;
    return hasHeaders && ('$data' in value || typeof value.$base64 === 'string') ? (value as Envelope) : undefined;
  } catch {
    return undefined;
  }
}

/** Never fails but for the codec's own `$base64` payload: what is no envelope is a payload, text or bytes. */
export function decodeChannelMessage(bytes: Buffer, codec: Codec): Decoded {
  const envelope = parseEnvelope(bytes);
  if (envelope === undefined) return { data: decodeForeignPayload(bytes, codec), headers: NO_HEADERS };
  const { $data, $base64, $headers } = envelope;
  const data = $base64 === undefined ? $data : codec.decode(Buffer.from($base64, 'base64'));
  return { data, headers: normaliseHeaders($headers) };
}
