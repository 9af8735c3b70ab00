import { spawn } from 'node:child_process';
import { atExit } from './at-exit.mjs';

const READY = /ready to accept connections/i;
const START_TIMEOUT = 30_000;
const STOP_TIMEOUT = 5_000;

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/**
 * Starts a server program and waits until it accepts connections.
 *
 * @param {string} binary
 * @param {readonly string[]} args
 * @returns {Promise<ChildProcess & { pid: number }>}
 * @throws {Error} with the output of the server, when it ends before
 */
export async function launch(binary, args) {
  // Redis refuses to start with a locale that is not installed.
  const env = { ...process.env, LC_ALL: 'C' };
  const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const forget = atExit(() => child.kill('SIGKILL'));
  child.once('exit', forget);
  child.once('error', forget);
  try {
    await untilReady(child, binary);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  const { pid } = child;
  if (pid === undefined) throw new Error(`${binary} has no process id`);
  return Object.assign(child, { pid });
}

/**
 * Ends a server program, with SIGKILL if the signal has not done it after 5 seconds.
 *
 * @param {ChildProcess} child
 * @param {NodeJS.Signals} signal
 * @returns {Promise<void>} resolved when the process is gone
 */
export async function end(child, signal) {
  if (hasEnded(child)) return;
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT);
  await new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill(signal);
  });
  clearTimeout(timer);
}

/** @param {ChildProcess} child */
function hasEnded(child) {
  return child.exitCode !== null || child.signalCode !== null;
}

/**
 * @param {ChildProcess} child
 * @param {string} binary
 * @returns {Promise<void>}
 */
function untilReady(child, binary) {
  return new Promise((resolve, reject) => {
    let output = '';
    /** @param {string} what */
    const fail = (what) => reject(new Error(`${binary} ${what}\n${output}`.trimEnd()));
    const timer = setTimeout(() => fail(`was not ready after ${START_TIMEOUT / 1000} s`), START_TIMEOUT);
    /** @param {Buffer} chunk */
    const read = (chunk) => {
      output += chunk;
      if (READY.test(output)) done();
    };
    const done = () => {
      clearTimeout(timer);
      for (const stream of [child.stdout, child.stderr]) stream?.off('data', read).resume();
      resolve();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    // 'close' and not 'exit': only then all of the output is here.
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      fail(`ended with ${signal ?? `code ${code}`} before it was ready`);
    });
  });
}
