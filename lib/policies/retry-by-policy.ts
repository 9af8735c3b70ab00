import { HandlerCrashedError, UndecodableMessageError } from '../errors/index.js';
import type { Outcome } from '../options/outcome.interface.js';
import type { RetryPolicy } from '../options/retry-policy.interface.js';
import type { Settlement } from '../options/settlement.interface.js';
import { askRetryPolicy } from './ask-retry-policy.js';
import type { SettledDelivery } from './settled-delivery.interface.js';
import { ACK, START_NOW } from './settlement.js';

/** A delivery whose message a policy can look at. */
type Decodable = SettledDelivery & { readonly message: NonNullable<SettledDelivery['message']> };

function afterFailure(policy: RetryPolicy, error: unknown, delivery: Decodable): Settlement {
  const { message, attempt, source } = delivery;
  return askRetryPolicy(policy, { error, message, attempt, source }, 'exhausted');
}

/** The handler chooses the delay, and the policy whether there is another attempt; else a message could go round for ever. */
function bounded(policy: RetryPolicy, settlement: Settlement, delivery: Decodable): Settlement {
  if (settlement.type !== 'retry') return settlement;
  const decided = afterFailure(policy, settlement.error, delivery);
  return decided.type === 'retry' ? settlement : decided;
}

function afterCrash(policy: RetryPolicy, { message, attempt, source }: Decodable): Settlement {
  const error = new HandlerCrashedError(`message ${message.id} of ${source.mechanism} "${source.key}"`, attempt);
  const decided = askRetryPolicy(policy, { error, message, attempt, source }, 'crashed');
  return decided.type === 'retry' ? START_NOW : decided;
}

/** What becomes of a message that no policy can look at. */
function undecodable(outcome: Outcome): Settlement {
  if (outcome.type === 'failed') return { type: 'deadLetter', reason: 'undecodable', error: outcome.error };
  return { type: 'deadLetter', reason: outcome.type === 'crashed' ? 'crashed' : 'undecodable' };
}

/** What becomes of a message where the `retry` option is a policy of the user's. */
export function retryByPolicy(policy: RetryPolicy, outcome: Outcome, delivery: SettledDelivery): Settlement {
  const { message } = delivery;
  if (outcome.type === 'completed') return ACK;
  if (message === undefined) return undecodable(outcome);
  const decodable = { ...delivery, message };
  switch (outcome.type) {
    case 'decided':
      return bounded(policy, outcome.settlement, decodable);
    case 'crashed':
      return afterCrash(policy, decodable);
    case 'failed':
      if (outcome.error instanceof UndecodableMessageError) return undecodable(outcome);
      return afterFailure(policy, outcome.error, decodable);
  }
}
