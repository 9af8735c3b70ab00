import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the range that systems take the ports of outgoing connections from. A client that reconnects to a stopped server
// could otherwise be given that server's port as its own, connect to itself, and keep the server from coming back.
const FIRST = 20_000;
const LAST = 32_000;
const TRIES = 100;

/**
 * A port of 127.0.0.1 that nothing listens on now. It may be taken by the time it is used.
 *
 * @returns {Promise<number>}
 */
export async function freePort() {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port between ${FIRST} and ${LAST} was found in ${TRIES} tries`);
}

/** @param {number} port */
async function isFree(port) {
  const probe = createServer();
  try {
    probe.listen(port, '127.0.0.1');
    await once(probe, 'listening');
  } catch {
    return false;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}
