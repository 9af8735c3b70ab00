import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from './at-exit.mjs';
import { freePort } from './free-port.mjs';
import { redisServerBinary } from './server-binary.mjs';
import { end, launch } from './server-process.mjs';

const PORT_TRIES = 5;

/**
 * @typedef {object} StartOptions
 * @property {readonly string[]} [args] Arguments put after the own ones: of an option given twice, the later counts.
 * @property {number} [port] Default: one that is free. Give the port of a stopped server to bring it back.
 * @property {string} [dir] The working folder. Default: a temporary one, deleted by `stop()`. A given one is kept.
 * @property {string} [binary] Default: REDIS_SERVER_BINARY, or a server on the PATH, or one that is installed now.
 */

/**
 * @typedef {object} RedisServer
 * @property {string} url
 * @property {number} port
 * @property {number} pid
 * @property {string} dir
 * @property {(signal?: NodeJS.Signals) => Promise<void>} stop Ends the server (default SIGTERM, SIGKILL after 5 s) and
 *   waits until it is gone. Further calls wait for the first.
 */

/**
 * Starts a server on 127.0.0.1 that keeps nothing on disk, and waits until it accepts connections. It does not outlive
 * this process.
 *
 * @param {StartOptions} [options]
 * @returns {Promise<RedisServer>}
 * @throws {Error} with the output of the server, when it does not start
 */
export async function startRedisServer({ args = [], port, dir, binary } = {}) {
  const program = binary ?? (await redisServerBinary());
  const folder = dir === undefined ? await temporaryFolder() : { path: dir, remove: () => {} };
  try {
    const started = await launchOnPort(program, folder.path, args, port);
    return describe(started.child, started.port, folder);
  } catch (error) {
    folder.remove();
    throw error;
  }
}

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'redis-server-'));
  const removeNow = () => rmSync(path, { recursive: true, force: true });
  const forget = atExit(removeNow);
  const remove = () => {
    forget();
    removeNow();
  };
  return { path, remove };
}

/**
 * @param {import('node:child_process').ChildProcess & { pid: number }} child
 * @param {number} port
 * @param {{ path: string, remove: () => void }} folder
 * @returns {RedisServer}
 */
function describe(child, port, folder) {
  /** @type {Promise<void> | undefined} */
  let stopped;
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid: child.pid,
    dir: folder.path,
    stop: (signal = 'SIGTERM') => (stopped ??= end(child, signal).then(folder.remove)),
  };
}

/**
 * @param {string} program
 * @param {string} dir
 * @param {readonly string[]} args
 * @param {number | undefined} port
 */
async function launchOnPort(program, dir, args, port) {
  for (let tries = 1; ; tries++) {
    const candidate = port ?? (await freePort());
    try {
      return { port: candidate, child: await launch(program, serverArgs(candidate, dir, args)) };
    } catch (error) {
      const mayRetry = port === undefined && tries < PORT_TRIES && isPortTaken(error);
      if (!mayRetry) throw error;
    }
  }
}

/**
 * @param {number} port
 * @param {string} dir
 * @param {readonly string[]} args
 */
function serverArgs(port, dir, args) {
  const fixed = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir];
  return [...fixed, '--save', '', '--appendonly', 'no', ...args];
}

/** @param {unknown} error */
function isPortTaken(error) {
  return error instanceof Error && /address already in use/i.test(error.message);
}
