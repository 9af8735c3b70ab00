import type { AckPolicy, Message, Outcome, RetryPolicy, Settlement } from 'nestjs-redis-flow';
import { AckAfter, type HandlerPolicy, type SettledDelivery, decideSettlement } from '../../../lib/policies/index.js';
import type { ResolvedRetry } from '../../../lib/options/index.js';

export const RETRY: ResolvedRetry = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 100 },
  fatal: [],
  retryable: [],
  hold: false,
};

export const source = { mechanism: 'stream', key: 'orders', group: 'pay', consumer: 'c1' } as const;

export const message: Message = { id: '1-0', data: { total: 5 }, headers: {}, source, timestamp: 1 };

/** A policy that retries three times and keeps what is given up, but for what the test says. */
export const policyOf = (parts: Partial<HandlerPolicy> = {}): HandlerPolicy => ({
  ack: new AckAfter(),
  once: undefined,
  retry: RETRY,
  deadLetter: true,
  isBatch: false,
  ...parts,
});

/** What becomes of a delivery whose attempts are `attempt`. */
export function fateOf(
  policy: Partial<HandlerPolicy>,
  outcome: Outcome,
  attempt = 1,
  delivery: Partial<SettledDelivery> = {},
): Settlement {
  return decideSettlement(policyOf(policy), outcome, { message, source, attempt, ...delivery });
}

/** An ack policy that says what it is told to, also what no type allows. */
export const saying = (said: unknown, timing: AckPolicy['timing'] = 'after'): AckPolicy => ({
  timing,
  decide: () => said as Settlement,
});

/** A retry policy that says what it is told to, also what no type allows. */
export const deciding = (said: unknown): RetryPolicy => ({ decide: () => said as never });
