import { UndecodableMessageError } from '../errors/index.js';
import type { ResolvedRetry } from '../options/resolved-options.interface.js';
import { backoffDelay } from './backoff.js';
import { isFatal } from './classification.js';
import type { Settlement } from './settlement.js';

/** What becomes of a message whose attempt failed. */
export function decideRetry(retry: ResolvedRetry, error: unknown, attempt: number): Settlement {
  if (error instanceof UndecodableMessageError) return { type: 'deadLetter', reason: 'undecodable', error };
  if (isFatal(error, retry.fatal, retry.retryable)) return { type: 'deadLetter', reason: 'fatal', error };
  if (attempt >= retry.attempts) return { type: 'deadLetter', reason: 'exhausted', error };
  return { type: 'retry', delay: backoffDelay(retry.backoff, attempt, error), error };
}
