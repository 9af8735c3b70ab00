import { Redis } from 'ioredis';
import { processingOf } from '../keys.js';
import type { Body } from '../message.js';
import type { Consume } from './consumer.interface.js';

/** As many workers as may run at once, each BLMOVE, handle, LREM; they share one connection for each command. */
export const rawQueue =
  (concurrency: number): Consume =>
  async ({ url, key, count }, handle) => {
    const taker = new Redis(url);
    const remover = new Redis(url);
    const processing = processingOf(key);
    let asked = 0;

    async function worker(): Promise<void> {
      while (asked < count) {
        asked += 1;
        const job = await taker.blmove(key, processing, 'RIGHT', 'LEFT', 5);
        if (job === null) throw new Error('BLMOVE found nothing');
        handle((JSON.parse(job) as Body).n);
        // The oldest is at the right end.
        await remover.lrem(processing, -1, job);
      }
    }

    const workers = Array.from({ length: concurrency }, () => worker());
    return {
      done: Promise.all(workers).then(() => undefined),
      stop: async () => void (await Promise.all([taker.quit(), remover.quit()])),
    };
  };
