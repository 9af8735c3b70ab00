import { Redis } from 'ioredis';
import type { Body } from '../message.js';
import type { Consume } from './consumer.interface.js';

/** SUBSCRIBE and the 'message' event. */
export const rawChannel: Consume = async ({ url, key }, handle) => {
  const redis = new Redis(url);
  redis.on('message', (_channel, message) => {
    const body = JSON.parse(message) as Body;
    handle(body.n);
  });
  await redis.subscribe(key);
  return { done: Promise.resolve(), stop: async () => void (await redis.quit()) };
};
