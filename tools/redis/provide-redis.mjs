import { ping } from './ping.mjs';
import { startRedisServer } from './start-server.mjs';

/**
 * A Redis to work with: the one that REDIS_URL points at, or else one that is started now. Call `stop()` at the end: it
 * ends a started server and leaves a given one alone.
 *
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 * @throws {Error} when REDIS_URL does not answer, or no server can be started
 */
export async function provideRedis() {
  const given = process.env['REDIS_URL'];
  if (!given) return startRedisServer();
  await check(given);
  return { url: given, stop: async () => {} };
}

/** @param {string} given */
async function check(given) {
  if (!URL.canParse(given)) throw new Error('REDIS_URL is not a URL. It looks like redis://127.0.0.1:6379.');
  const url = new URL(given);
  // A TLS handshake is left to the client that knows the certificates.
  if (url.protocol !== 'redis:') return;
  try {
    await ping(url);
  } catch (cause) {
    url.password = '';
    const reason = cause instanceof Error ? cause.message || String(Reflect.get(cause, 'code')) : String(cause);
    throw new Error(`REDIS_URL is set, but no Redis answers at ${url.href}: ${reason}.`, { cause });
  }
}
