import type { Redis } from 'ioredis';
import type { Mechanism } from './consumer.interface.js';
import { GROUP, processingOf } from './keys.js';

/** How many messages Redis still keeps for the consumer: not taken, or taken and not acknowledged. */
export async function unsettled(redis: Redis, mechanism: Mechanism, key: string): Promise<number> {
  switch (mechanism) {
    case 'stream': {
      const [pending] = await redis.xpending(key, GROUP);
      return Number(pending);
    }
    case 'queue': {
      const [waiting, held] = await Promise.all([redis.llen(key), redis.llen(processingOf(key))]);
      return waiting + held;
    }
    case 'channel':
      return 0;
  }
}

/** Resolves when Redis keeps nothing any more. The watchdog of the measurement ends a wait in vain. */
export async function untilSettled(redis: Redis, mechanism: Mechanism, key: string): Promise<void> {
  while ((await unsettled(redis, mechanism, key)) > 0);
}
