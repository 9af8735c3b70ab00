import type { Redis } from 'ioredis';
import type { Handled } from '../handled.js';

/** The loop as many have it: XREAD, and the last id in a key. */
export async function readByHand(redis: Redis, handled: Handled, signal: AbortSignal): Promise<void> {
  let last = (await redis.get('events:last-id')) ?? '0';
  while (!signal.aborted) {
    const reply = await redis.xread('COUNT', 100, 'BLOCK', 200, 'STREAMS', 'events', last);
    for (const [id, [, name = '']] of reply?.[0]?.[1] ?? []) {
      handled.note(name);
      last = id;
      await redis.set('events:last-id', last);
    }
  }
}
