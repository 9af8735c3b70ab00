import { createHash } from 'node:crypto';
import { type HeaderRecord, IDEMPOTENCY_KEY_HEADER } from '../../message/index.js';

/** How an append is known again. */
export interface Dedupe {
  readonly key: string;
  /** How long it is known, in ms from the first append on. @default 24 hours */
  readonly window?: number | undefined;
}

const DAY = 24 * 60 * 60 * 1_000;

/** A dedupe option with nothing left out. */
export interface ResolvedDedupe {
  readonly key: string;
  readonly window: number;
}

/** Fills in what a bare key leaves out. */
export function dedupeOf(dedupe: string | Dedupe | undefined): ResolvedDedupe | undefined {
  if (dedupe === undefined) return undefined;
  return typeof dedupe === 'string' ? { key: dedupe, window: DAY } : { key: dedupe.key, window: dedupe.window ?? DAY };
}

/** The headers with the key among them, for consumers that handle a message once. One of the caller's own stays. */
export function withIdempotencyKey(headers: HeaderRecord | undefined, key: string): HeaderRecord {
  return headers?.[IDEMPOTENCY_KEY_HEADER] === undefined ? { ...headers, [IDEMPOTENCY_KEY_HEADER]: key } : headers;
}

/** Tells payloads apart. Each part goes in with its length, so that no two lists of parts look the same. */
export function digestOf(parts: readonly (Buffer | string)[]): string {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(`${Buffer.byteLength(part)}:`).update(part);
  return digest.digest('base64url');
}
