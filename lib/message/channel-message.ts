import { type Codec, jsonCodec } from './codec.js';
import { encodeData } from './encode-data.js';
import { decodeForeignPayload } from './foreign-payload.js';
import { NO_HEADERS, encodeHeaders, normaliseHeaders } from './headers.js';
import type { Decoded } from './message.interface.js';

interface Envelope {
  readonly $id?: unknown;
  readonly $data?: unknown;
  readonly $base64?: string;
  readonly $headers: Record<string, unknown>;
}

/**
 * The payload itself; with headers, or where the payload itself looks like one, the envelope
 * `{"$data":…,"$headers":{…}}`. What another codec than `jsonCodec` made goes into the envelope as `$base64`, as only
 * its bytes are its own. A notification has the id of its entry in front: `{"$id":"…","$data":…,"$headers":{…}}`.
 */
export function encodeChannelMessage(data: unknown, codec: Codec, headers?: Record<string, string>): Buffer | string {
  const payload = encodeData(data, codec);
  const encodedHeaders = encodeHeaders(headers) ?? (isEnvelope(payload) ? '{}' : undefined);
  return encodedHeaders === undefined ? payload : envelopeOf(payload, codec, encodedHeaders);
}

/** The envelope, headers or not. */
export function encodeEnvelope(data: unknown, codec: Codec, headers?: Record<string, string>): string {
  return envelopeOf(encodeData(data, codec), codec, encodeHeaders(headers) ?? '{}');
}

function envelopeOf(payload: Buffer | string, codec: Codec, encodedHeaders: string): string {
  if (typeof payload === 'string' && codec === jsonCodec) return `{"$data":${payload},"$headers":${encodedHeaders}}`;
  const base64 = Buffer.from(payload as Buffer).toString('base64');
  return `{"$base64":"${base64}","$headers":${encodedHeaders}}`;
}

const NOTIFICATION_START = Buffer.from('{"$id":"');

function isEnvelope(payload: Buffer | string): boolean {
  // Cheap for the many that are not.
  if (typeof payload === 'string' && !payload.startsWith('{"$')) return false;
  return parseEnvelope(Buffer.from(payload as Buffer)) !== undefined;
}

/** `{"$`: nearly no message begins so, and each is asked. */
const startsAsEnvelope = (bytes: Buffer): boolean => bytes[0] === 0x7b && bytes[1] === 0x22 && bytes[2] === 0x24;

function parseEnvelope(bytes: Buffer): Envelope | undefined {
  if (!startsAsEnvelope(bytes)) return undefined;
  try {
    const value = JSON.parse(bytes.toString('utf8')) as Partial<Envelope>;
    const hasHeaders = typeof value.$headers === 'object' && value.$headers !== null;
    return hasHeaders && ('$data' in value || typeof value.$base64 === 'string') ? (value as Envelope) : undefined;
  } catch {
    return undefined;
  }
}

/** The id of the entry that was published with its message, or undefined for another message. It stands in front. */
export function notificationIdOf(bytes: Buffer): string | undefined {
  if (!startsAsEnvelope(bytes)) return undefined;
  if (!bytes.subarray(0, NOTIFICATION_START.length).equals(NOTIFICATION_START)) return undefined;
  const id = parseEnvelope(bytes)?.$id;
  return typeof id === 'string' && /^\d+-\d+$/.test(id) ? id : undefined;
}

/** Never fails but for the codec's own `$base64` payload: what is no envelope is a payload, text or bytes. */
export function decodeChannelMessage(bytes: Buffer, codec: Codec): Decoded {
  const envelope = parseEnvelope(bytes);
  if (envelope === undefined) return { data: decodeForeignPayload(bytes, codec), headers: NO_HEADERS };
  const { $data, $base64, $headers } = envelope;
  const data = $base64 === undefined ? $data : codec.decode(Buffer.from($base64, 'base64'));
  return { data, headers: normaliseHeaders($headers) };
}
