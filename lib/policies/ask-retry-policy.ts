import { errorText } from '../errors/index.js';
import { isObject } from '../options/check.js';
import type { HandlerFailure, RetryPolicy } from '../options/retry-policy.interface.js';
import type { DeadLetterReason, Settlement } from '../options/settlement.interface.js';
import { ask } from './ask.js';

/** The wait where the policy throws or gives no time, in ms: its message must have a fate all the same. */
const FALLBACK = 1_000;

/** A `RetryDecision`, as plain JavaScript may give it. */
interface Decision {
  readonly retryAfter?: number;
  readonly deadLetter?: string;
  readonly drop?: string;
}

function isDecision(said: unknown): said is Decision {
  if (!isObject(said)) return false;
  const { retryAfter, deadLetter, drop } = said;
  if (typeof deadLetter === 'string' || typeof drop === 'string') return true;
  return Number.isFinite(retryAfter) && Number(retryAfter) >= 0;
}

/** Both go into the log: what the handler failed with, and what is wrong with the policy. */
function withBoth(error: unknown, broken: unknown): Error {
  return new Error(`${errorText(error)}; and its retry policy failed (${errorText(broken)})`, { cause: broken });
}

/** What a retry policy of the user's makes of a failure. `reason`: that of a dead letter. */
export function askRetryPolicy(
  policy: RetryPolicy,
  failure: HandlerFailure,
  reason: Extract<DeadLetterReason, 'exhausted' | 'crashed'>,
): Settlement {
  const { error } = failure;
  const answer = ask(policy, () => policy.decide(failure), isDecision);
  if ('error' in answer) return { type: 'retry', delay: FALLBACK, error: withBoth(error, answer.error) };
  const { retryAfter = FALLBACK, deadLetter, drop } = answer.said;
  if (typeof deadLetter === 'string') return { type: 'deadLetter', reason, detail: deadLetter, error };
  if (typeof drop === 'string') return { type: 'drop', reason: drop, error };
  return { type: 'retry', delay: Math.round(retryAfter), error };
}
