import type { RedisClient } from './client-inside.js';

/** Redis has not answered a PING in time. */
export class SilenceError extends Error {
  constructor(timeout: number) {
    super(`no answer to PING within ${timeout} ms`);
  }
}

/** Resolves when Redis answers a PING. @throws SilenceError after `timeout` ms, or what Redis or the client says against it. */
export async function ping(client: RedisClient, timeout: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SilenceError(timeout)), timeout);
  });
  await Promise.race([client.ping(), late]).finally(() => clearTimeout(timer));
}
