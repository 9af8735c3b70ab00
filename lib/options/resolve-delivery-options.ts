import type { OnceOptions } from './ack-policy.interface.js';
import { isAckPolicy } from './ack-checks.js';
import { isClass } from './check.js';
import type { AckOption, AtLeastOnceOptions, BatchOptions } from './delivery-options.interface.js';
import type { ResolvedAck, ResolvedOnce, ResolvedQueueOptions, ResolvedRetry } from './resolved-options.interface.js';
import type { RetryOptions } from './retry-options.interface.js';
import { isRetryPolicy } from './retry-checks.js';

/** A day, in ms. */
const DEFAULT_WINDOW = 86_400_000;

/** The idempotency of `'once'` with its defaults. */
export function resolveOnce({ window = DEFAULT_WINDOW, key }: OnceOptions): ResolvedOnce {
  return { window, key };
}

function resolveAck(ack: AckOption = 'after'): ResolvedAck {
  if (ack === 'once') return { policy: 'once', once: resolveOnce({}) };
  if (typeof ack === 'string' || isClass(ack) || isAckPolicy(ack)) return { policy: ack, once: undefined };
  return { policy: 'once', once: resolveOnce(ack.once) };
}

function resolveRetryOptions(retry: RetryOptions | false): ResolvedRetry {
  const {
    attempts = 5,
    backoff = { type: 'fixed', delay: 1_000 },
    fatal = [],
    retryable = [],
    hold = false,
  } = retry || {};
  return { attempts: retry === false ? 1 : attempts, backoff, fatal, retryable, hold };
}

function resolveRetry(retry: AtLeastOnceOptions['retry'] = {}): ResolvedQueueOptions['retry'] {
  return isClass(retry) || isRetryPolicy(retry) ? retry : resolveRetryOptions(retry);
}

const resolveBatch = ({ size, wait = 0 }: BatchOptions) => ({ size, wait });

/** What streams and queues have in common, with its defaults. */
export function resolveAtLeastOnce(options: AtLeastOnceOptions): Omit<ResolvedQueueOptions, 'mechanism' | 'order'> {
  const { concurrency = 1, timeout, ack, retry, deadLetter = true, lease = 30_000, orderBy, batch } = options;
  return {
    concurrency,
    timeout,
    ack: resolveAck(ack),
    retry: resolveRetry(retry),
    deadLetter,
    lease,
    orderBy,
    batch: batch && resolveBatch(batch),
  };
}
