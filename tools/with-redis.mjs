#!/usr/bin/env node
// Runs a command with REDIS_URL set to a Redis that answers. See tools/redis/provide-redis.mjs for which one that is.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { provideRedis } from './redis/provide-redis.mjs';

const USAGE = `Usage: node tools/with-redis.mjs <command> [args...]

Runs the command with REDIS_URL in its environment. If REDIS_URL is not set already, a server is started for
the command and ended after it.
`;
const FORWARDED = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** @type {import('node:child_process').ChildProcess | undefined} */
let child;

process.exitCode = await main(process.argv.slice(2));

/**
 * @param {string[]} command
 * @returns {Promise<number>} the exit code
 */
async function main([program, ...args]) {
  if (program === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  forwardSignals();
  try {
    const redis = await provideRedis();
    try {
      return await run(program, args, redis.url);
    } finally {
      await redis.stop();
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

function forwardSignals() {
  for (const signal of FORWARDED) {
    // Without a command to end there is only the server that may be starting: it ends with this process.
    process.on(signal, () => (child ? child.kill(signal) : process.exit(128 + constants.signals[signal])));
  }
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {string} url
 * @returns {Promise<number>}
 */
function run(program, args, url) {
  return new Promise((resolve) => {
    child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, REDIS_URL: url } });
    child.once('error', (error) => {
      process.stderr.write(`${program} could not be started: ${error.message}\n`);
      resolve(127);
    });
    child.once('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 1)));
  });
}
