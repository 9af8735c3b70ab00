import { InvalidOptionError } from '../errors/index.js';
import {
  type Check,
  errorClasses,
  flag,
  integer,
  isClass,
  isObject,
  milliseconds,
  object,
  oneOf,
  part,
} from './check.js';
import type { RetryPolicy } from './retry-policy.interface.js';

const backoffObject = object(
  { type: oneOf(['fixed', 'exponential']), delay: milliseconds(0), max: milliseconds(0), jitter: part },
  ['type', 'delay'],
);

const backoff: Check = (value) => {
  if (typeof value === 'function') return undefined;
  if (isObject(value)) return backoffObject(value);
  return { allowed: `{ type: 'fixed' | 'exponential', delay, max?, jitter? } or a function (attempt, error) => ms` };
};

const retryObject = object({ attempts: integer(1), backoff, fatal: errorClasses, retryable: errorClasses, hold: flag });

const ALLOWED =
  '{ attempts, backoff, fatal, retryable, hold }, false, or a RetryPolicy: a class or an object with decide(failure)';

/** Whether it can be asked, as a policy's instance can. */
export const isRetryPolicy = (value: unknown): value is RetryPolicy =>
  isObject(value) && typeof value['decide'] === 'function';

/** `retry` of streams and queues. */
export const retry: Check = (value) => {
  if (value === false || isClass(value) || isRetryPolicy(value)) return undefined;
  return isObject(value) ? retryObject(value) : { allowed: ALLOWED };
};

/**
 * Looks at what a policy's class has made.
 *
 * @throws InvalidOptionError.
 */
export function assertRetryPolicy(owner: string, source: unknown, policy: unknown): asserts policy is RetryPolicy {
  if (isRetryPolicy(policy)) return;
  throw new InvalidOptionError(owner, 'retry', source, 'a class whose instances have decide(failure)');
}
