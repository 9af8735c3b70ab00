import type { Redis } from 'ioredis';
import { callsOf } from '../commandstats.js';
import { packetAround } from '../message.js';
import { fillByScript, fillScript } from './fill-by-script.js';
import type { Medium, Span } from './medium.interface.js';

const SCRIPT = fillScript(`'PUBLISH', KEYS[1], body`);
/** How much Redis may hold back for a subscriber that is slower than the publisher, in bytes. */
const MOST_HELD_BACK = 4 * 1024 * 1024;

/** Waits while Redis holds back too much for its subscribers: it would cut them off. */
async function untilTaken(redis: Redis): Promise<void> {
  const most = (clients: string): number =>
    Math.max(0, ...[...clients.matchAll(/ omem=(\d+) /g)].map(([, bytes]) => Number(bytes)));
  while (most(String(await redis.client('LIST', 'TYPE', 'PUBSUB'))) > MOST_HELD_BACK);
}

async function publish(redis: Redis, key: string, span: Span, wrap?: (json: string) => string): Promise<void> {
  await fillByScript(redis, SCRIPT, key, span, wrap);
  await untilTaken(redis);
}

/** A channel whose messages are plain JSON. Redis keeps nothing of it, so only its PUBLISH commands can be counted. */
export const channel: Medium = {
  isLive: true,
  fill: ({ redis }, key, span) => publish(redis, key, span),
  received: async (redis) => (await callsOf(redis)).get('publish') ?? 0,
  left: () => Promise.resolve(0),
  mayKeep: () => false,
};

/** A channel of Nest's Redis transport: the same body, in its packet. */
export const nestChannel: Medium = {
  ...channel,
  fill: ({ redis }, key, span) => publish(redis, key, span, (json) => packetAround(key, json)),
};
