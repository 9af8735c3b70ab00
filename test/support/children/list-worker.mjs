/**
 * Somebody else's worker or producer of a list, in a process of its own: bare ioredis, nothing of the library. It tells
 * its parent over the IPC channel what it has popped, as base64.
 */
import { Redis } from 'ioredis';

/**
 * @typedef {object} ListOptions
 * @property {string} url
 * @property {string} key
 * @property {readonly string[]} [push] These are pushed by LPUSH, one by one. Default: it pops by BRPOP.
 */

/** @type {ListOptions} */
const { url, key, push } = JSON.parse(String(process.env['LIST']));
const redis = new Redis(url);
process.on('disconnect', () => process.exit());

if (push === undefined) {
  process.send?.({ event: 'ready' });
  for (;;) {
    const popped = await redis.brpopBuffer(key, 0);
    if (popped !== null) process.send?.({ event: 'popped', item: popped[1].toString('base64') });
  }
}
for (const item of push) await redis.lpush(key, item);
await redis.quit();
process.send?.({ event: 'pushed' });
process.disconnect();
