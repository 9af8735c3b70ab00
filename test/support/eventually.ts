import { vi } from 'vitest';

/** Checks until it holds, for less than the default lease: for what is seen in Redis, where nothing tells when it happens. */
export const eventually = <T>(check: () => T | Promise<T>, timeout = 25_000): Promise<T> =>
  vi.waitFor(check, { timeout, interval: 20 });
