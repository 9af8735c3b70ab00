import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { DeadLetter } from '../../../dist/index.js';

/**
 * What the data of a message tells the handler to do, in the order of the properties.
 *
 * @typedef {object} Script
 * @property {Death} [die]
 * @property {boolean} [freeze] It stops the process, as SIGSTOP does, in the middle of the handler.
 * @property {string} [block] Nothing else runs in the process until there is a file of this name.
 * @property {number} [work] For so many ms it waits.
 * @property {boolean} [hang] It never ends.
 * @property {boolean} [untilAborted] It waits for its signal.
 * @property {boolean} [ping] It waits for an answer of Redis.
 * @property {number} [fail] In so many attempts it throws.
 * @property {boolean} [reject] It asks for the dead letters.
 * @property {readonly (readonly [string, ...(string | number)[]])[]} [writes] Commands for the transaction.
 * @property {{ stream: string, data: unknown }} [forward] An entry for the transaction.
 */

/**
 * A kill -9 of the own process: when the handler starts, or before or after the transaction has been filled, or `after`
 * ms after the handler has returned.
 *
 * @typedef {object} Death
 * @property {'start' | 'before' | 'after' | 'commit'} at
 * @property {number} [attempts] In how many attempts. Default: in every one.
 * @property {number} [after]
 */

/** @typedef {import('../../../dist/index.js').RedisFlowContext} Context */

/**
 * The handler's own connection.
 *
 * @type {Redis | undefined}
 */
let redis;

/** @param {string} file */
function block(file) {
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(file)) Atomics.wait(nobody, 0, 0, 20);
}

/**
 * @param {Death['at']} at
 * @param {Script} script
 * @param {Context} context
 */
function dieAt(at, { die }, { attempt }) {
  if (die?.at !== at || attempt > (die.attempts ?? Infinity)) return;
  const kill = () => process.kill(process.pid, 'SIGKILL');
  if (at === 'commit') setTimeout(kill, die.after ?? 0);
  else kill();
}

/**
 * @param {Script} script
 * @param {Context} context
 */
function fillTransaction({ writes = [], forward }, context) {
  for (const write of writes) context.transaction.call(...write);
  if (forward !== undefined) context.transaction.append(forward.stream, forward.data);
}

/**
 * @param {Script} script
 * @param {Context} context
 */
async function spendTime({ block: blocked, work, hang, untilAborted, ping }, { signal }) {
  if (blocked !== undefined) block(blocked);
  if (work !== undefined) await sleep(work);
  if (hang) await new Promise(() => {});
  if (untilAborted && !signal.aborted) await once(signal, 'abort');
  if (ping) await (redis ??= new Redis(JSON.parse(String(process.env['WORKER'])).url)).ping();
}

/**
 * Does what the message says.
 *
 * @param {Context} context
 * @returns {Promise<unknown>} what the handler is to return.
 */
export async function behave(context) {
  const { data } = context.message;
  const script = /** @type {Script} */ (typeof data === 'object' && data !== null ? data : {});
  dieAt('start', script, context);
  if (script.freeze) process.kill(process.pid, 'SIGSTOP');
  await spendTime(script, context);
  if (context.attempt <= (script.fail ?? 0)) throw new Error('told to fail');
  if (script.reject) return DeadLetter.because('told to reject');
  dieAt('before', script, context);
  fillTransaction(script, context);
  dieAt('after', script, context);
  dieAt('commit', script, context);
  return undefined;
}
