import { UndecodableMessageError } from '../errors/index.js';
import type { Outcome } from '../options/outcome.interface.js';
import type { ResolvedRetry } from '../options/resolved-options.interface.js';
import type { Settlement } from '../options/settlement.interface.js';
import { backoffDelay } from './backoff.js';
import { isFatal } from './classification.js';
import { ACK, START_NOW } from './settlement.js';

function afterFailure(retry: ResolvedRetry, error: unknown, attempt: number): Settlement {
  if (error instanceof UndecodableMessageError) return { type: 'deadLetter', reason: 'undecodable', error };
  if (isFatal(error, retry.fatal, retry.retryable)) return { type: 'deadLetter', reason: 'fatal', error };
  if (attempt >= retry.attempts) return { type: 'deadLetter', reason: 'exhausted', error };
  return { type: 'retry', delay: backoffDelay(retry.backoff, attempt, error), error };
}

/** The number of attempts bounds the handler's own retries, too; else a message could go round for ever. */
function bounded(settlement: Settlement, { attempts }: ResolvedRetry, attempt: number): Settlement {
  if (settlement.type !== 'retry' || attempt < attempts) return settlement;
  return { type: 'deadLetter', reason: 'exhausted', error: settlement.error };
}

/** What becomes of a message where the `retry` option is an object. */
export function retryByOptions(retry: ResolvedRetry, outcome: Outcome, attempt: number): Settlement {
  switch (outcome.type) {
    case 'completed':
      return ACK;
    case 'decided':
      return bounded(outcome.settlement, retry, attempt);
    case 'crashed':
      return attempt < retry.attempts ? START_NOW : { type: 'deadLetter', reason: 'crashed' };
    case 'failed':
      return afterFailure(retry, outcome.error, attempt);
  }
}
