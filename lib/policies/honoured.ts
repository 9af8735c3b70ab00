import type { Outcome } from '../options/outcome.interface.js';
import type { ResolvedRetry } from '../options/resolved-options.interface.js';
import type { RetryPolicy } from '../options/retry-policy.interface.js';
import type { Settlement } from '../options/settlement.interface.js';
import type { HandlerPolicy } from './handler-policy.js';

const holds = (retry: ResolvedRetry | RetryPolicy): boolean => 'hold' in retry && retry.hold;

function withHold({ retry, isBatch }: HandlerPolicy, settlement: Settlement, outcome: Outcome): Settlement {
  if (settlement.type !== 'retry') return settlement;
  if (isBatch) return { ...settlement, hold: false };
  if (settlement.hold !== undefined || !holds(retry)) return settlement;
  // It is started now, and nobody waits.
  return outcome.type === 'crashed' ? settlement : { ...settlement, hold: true };
}

/** A message that Redis has let go of cannot come back. It can still be kept in the dead letters. */
function letGo(settlement: Settlement): Settlement {
  if (settlement.type === 'retry') return { type: 'deadLetter', reason: 'exhausted', error: settlement.error };
  if (settlement.type !== 'release') return settlement;
  return { type: 'deadLetter', reason: 'rejected', detail: 'released, and nothing was left to hand back' };
}

function notKept(settlement: Settlement): Settlement {
  if (settlement.type !== 'deadLetter') return settlement;
  return { type: 'drop', reason: settlement.detail ?? settlement.reason, error: settlement.error };
}

/** The settlement that can be carried out at this time of acknowledging, with these options. */
export function honoured(policy: HandlerPolicy, settlement: Settlement, outcome: Outcome): Settlement {
  const { timing } = policy.ack;
  // What is found after a crash is still there, so the crash was before the acknowledgement.
  const isGone = (timing === 'before' || timing === 'none') && outcome.type !== 'crashed';
  const possible = isGone ? letGo(settlement) : withHold(policy, settlement, outcome);
  return timing === 'none' || !policy.deadLetter ? notKept(possible) : possible;
}
