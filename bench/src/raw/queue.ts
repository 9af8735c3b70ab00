import { Redis } from 'ioredis';
import type { Consume } from '../consumer.interface.js';
import { processingOf } from '../keys.js';
import type { Body } from '../message.js';

/** As many workers as may run at once, each BLMOVE, handle, LREM; they share one connection for each command. */
export const rawQueue: Consume = async ({ url, key, count }, concurrency, tally) => {
  const taker = new Redis(url);
  const remover = new Redis(url);
  const processing = processingOf(key);
  let asked = 0;

  async function worker(): Promise<void> {
    while (asked < count) {
      asked += 1;
      const job = await taker.blmove(key, processing, 'RIGHT', 'LEFT', 5);
      if (job === null) throw new Error('BLMOVE found nothing');
      const body = JSON.parse(job) as Body;
      tally.add(body.n);
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

/** BRPOP, one by one. It promises less: what was taken is lost with the process. */
export const rawPop: Consume = async ({ url, key, count }, _concurrency, tally) => {
  const taker = new Redis(url);

  async function worker(): Promise<void> {
    for (let taken = 0; taken < count; taken += 1) {
      const job = await taker.brpop(key, 5);
      if (job === null) throw new Error('BRPOP found nothing');
      const body = JSON.parse(job[1]) as Body;
      tally.add(body.n);
    }
  }

  return { done: worker(), stop: async () => void (await taker.quit()) };
};
