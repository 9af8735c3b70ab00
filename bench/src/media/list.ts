import type { Redis } from 'ioredis';
import { processingOf, takenOf } from '../keys.js';
import { bodiesFrom } from '../message.js';
import { fillByScript, fillScript } from './fill-by-script.js';
import type { Medium } from './medium.interface.js';

const SCRIPT = fillScript(`'LPUSH', KEYS[1], body`);

async function left(redis: Redis, key: string): Promise<number> {
  const lengths = await Promise.all([key, takenOf(key), processingOf(key)].map((list) => redis.llen(list)));
  return lengths.reduce((sum, length) => sum + length);
}

/** A list whose items are plain JSON. */
export const list: Medium = {
  isLive: false,
  fill: ({ redis }, key, span) => fillByScript(redis, SCRIPT, key, span),
  received: (redis, key) => redis.llen(key),
  left,
  mayKeep: () => false,
};

/** The library's own queue items: with an id, an attempt and a time before the body. */
export const queue: Medium = {
  ...list,
  fill: async ({ publisher }, key, { first, last, bytes }) => {
    const messages = bodiesFrom(first, last - first + 1, bytes).map((data) => ({ data }));
    await publisher.enqueueMany(key, messages);
  },
};
