import { findRedisServer } from './find-server.mjs';
import { installRedisServer } from './install-server.mjs';

/**
 * The server to run: REDIS_SERVER_BINARY, or one on the PATH, or one that is installed now.
 *
 * @returns {Promise<string>}
 * @throws {Error} that names the ways out, when there is none of them
 */
export async function redisServerBinary() {
  return process.env['REDIS_SERVER_BINARY'] || findRedisServer() || (await install());
}

async function install() {
  try {
    return await installRedisServer();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`There is no Redis server here, and none can be installed: ${reason}.\n${WAYS_OUT}`, { cause });
  }
}

const WAYS_OUT = `Do one of these:
  - set REDIS_URL to a running Redis 7+ (or Valkey)
  - put redis-server or valkey-server on the PATH
  - run as root or with password-less sudo, so that it can be installed`;
