import { isRetryPolicy } from '../options/index.js';
import type { Outcome } from '../options/outcome.interface.js';
import type { Settlement } from '../options/settlement.interface.js';
import { askAckPolicy } from './ask-ack-policy.js';
import { honoured } from './honoured.js';
import type { HandlerPolicy } from './handler-policy.js';
import { retryByOptions } from './retry-by-options.js';
import { retryByPolicy } from './retry-by-policy.js';
import type { SettledDelivery } from './settled-delivery.interface.js';
import { ACK } from './settlement.js';

function byRetry({ retry }: HandlerPolicy, outcome: Outcome, delivery: SettledDelivery): Settlement {
  if (isRetryPolicy(retry)) return retryByPolicy(retry, outcome, delivery);
  return retryByOptions(retry, outcome, delivery.attempt);
}

/**
 * The one place where a handler's outcome becomes a settlement, whatever the mechanism: the ack policy is asked first, then
 * the retry policy, and what they say is held against what can still be done with the message. A `crashed` outcome that
 * is to be retried gives a delay of 0: start the handler now.
 */
export function decideSettlement(policy: HandlerPolicy, outcome: Outcome, delivery: SettledDelivery): Settlement {
  if (outcome.type === 'completed' && policy.ack.decide === undefined) return ACK;
  const answer = askAckPolicy(policy.ack, outcome, delivery);
  const decided = 'error' in answer ? undefined : answer.said;
  const handled: Outcome = 'error' in answer ? { type: 'failed', error: answer.error } : outcome;
  return honoured(policy, decided ?? byRetry(policy, handled, delivery), outcome);
}
