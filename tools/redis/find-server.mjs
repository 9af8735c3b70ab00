import { findProgram } from '../find-program.mjs';

/**
 * The path of `redis-server`, or else of `valkey-server`, or undefined when neither is on the PATH.
 *
 * @returns {string | undefined}
 */
export function findRedisServer() {
  return findProgram('redis-server') ?? findProgram('valkey-server');
}
