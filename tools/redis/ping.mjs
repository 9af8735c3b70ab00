import { connect } from 'node:net';

const TIMEOUT = 5_000;

/**
 * Asks the server behind a `redis://` URL for a sign of life. A server that only wants a password first is alive.
 *
 * @param {URL} url
 * @returns {Promise<void>}
 * @throws {Error} when it does not answer
 */
export function ping(url) {
  return new Promise((resolve, reject) => {
    const host = url.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1';
    const socket = connect({ host, port: Number(url.port || 6379) });
    socket.setTimeout(TIMEOUT, () => socket.destroy(new Error(`no answer within ${TIMEOUT / 1000} s`)));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
      if (answer.includes('\r\n')) socket.end();
    });
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('error', reject);
    socket.once('close', () => {
      if (/^(\+PONG|-NOAUTH)/.test(answer)) resolve();
      else reject(new Error(answer ? `it answers PING with "${answer.trim()}"` : 'it closed the connection'));
    });
  });
}
