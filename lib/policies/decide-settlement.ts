import type { ResolvedRetry } from '../options/resolved-options.interface.js';
import type { Outcome } from './outcome.js';
import { decideRetry } from './retry-policy.js';
import { ACK, type Settlement } from './settlement.js';

/** What decides the fate of a handler's messages. */
export interface FailurePolicy {
  readonly retry: ResolvedRetry;
  /** Whether given-up messages are kept; otherwise they are dropped, with a log line. */
  readonly deadLetter: boolean;
}

/** The number of attempts bounds the handler's own retries, too; else a message could go round for ever. */
function bounded(settlement: Settlement, attempts: number, attempt: number): Settlement {
  if (settlement.type !== 'retry' || attempt < attempts) return settlement;
  return { type: 'deadLetter', reason: 'exhausted', error: settlement.error };
}

function fromOutcome(policy: FailurePolicy, outcome: Outcome, attempt: number): Settlement {
  switch (outcome.type) {
    case 'completed':
      return ACK;
    case 'decided':
      return bounded(outcome.settlement, policy.retry.attempts, attempt);
    case 'crashed':
      return { type: 'deadLetter', reason: 'crashed' };
    case 'failed':
      return decideRetry(policy.retry, outcome.error, attempt);
  }
}

/** The one place where a handler's outcome becomes a settlement, whatever the mechanism. */
export function decideSettlement(policy: FailurePolicy, outcome: Outcome, attempt: number): Settlement {
  const settlement = fromOutcome(policy, outcome, attempt);
  if (settlement.type !== 'deadLetter' || policy.deadLetter) return settlement;
  return { type: 'drop', reason: settlement.detail ?? settlement.reason, error: settlement.error };
}
