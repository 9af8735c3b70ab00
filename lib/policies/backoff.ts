import type { BackoffFunction, BackoffOptions } from '../options/retry-options.interface.js';

/** The longest wait of a backoff that names none, in ms. */
export const DEFAULT_BACKOFF_MAX = 60_000;

/** The wait where the user's function throws or gives no time, in ms: its message must have a fate all the same. */
const FALLBACK = 1_000;

function call(backoff: BackoffFunction, attempt: number, error: unknown): number {
  try {
    return backoff(attempt, error);
  } catch {
    return FALLBACK;
  }
}

/** Milliseconds before the attempt after `attempt`, whole and never negative. */
export function backoffDelay(
  backoff: BackoffOptions | BackoffFunction,
  attempt: number,
  error: unknown,
  random: () => number = Math.random,
): number {
  if (typeof backoff === 'function') {
    const delay = call(backoff, attempt, error);
    return Number.isFinite(delay) ? Math.max(0, Math.round(delay)) : FALLBACK;
  }
  const { type, delay, max = type === 'fixed' ? delay : DEFAULT_BACKOFF_MAX, jitter = 0 } = backoff;
  const grown = type === 'fixed' ? delay : delay * 2 ** (attempt - 1);
  return Math.round(Math.min(grown, max) * (1 - jitter * random()));
}
