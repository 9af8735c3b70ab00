import { vi } from 'vitest';

/** Checks until it holds, for ten seconds at most: for what is seen in Redis, where nothing tells when it happens. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 10_000, interval: 20 });
