import { Redis } from 'ioredis';
import type { Consume } from '../consumer.interface.js';
import { CONSUMER, GROUP } from '../keys.js';
import type { Body } from '../message.js';

type Entry = [id: string, fields: [name: string, value: string]];

/** XREADGROUP COUNT 100, one XACK for each reply, and the next read under way while entries are handled. */
export const rawStream: Consume = async ({ url, key, count }, concurrency, tally) => {
  const reader = new Redis(url);
  const acker = new Redis(url);
  await acker.xgroup('CREATE', key, GROUP, '0', 'MKSTREAM');

  async function read(): Promise<Entry[]> {
    const args = ['GROUP', GROUP, CONSUMER, 'COUNT', concurrency, 'BLOCK', 5_000, 'STREAMS', key, '>'] as const;
    const reply = await reader.xreadgroup(...args);
    return ((reply as [string, Entry[]][] | null)?.[0]?.[1] ?? []) as Entry[];
  }

  function handle([, [, value]]: Entry): void {
    const body = JSON.parse(value) as Body;
    tally.add(body.n);
  }

  async function readAhead(): Promise<void> {
    let acked: Promise<unknown> = Promise.resolve();
    let next = read();
    for (let taken = 0; taken < count;) {
      const entries = await next;
      taken += entries.length;
      if (taken < count) next = read();
      for (const entry of entries) handle(entry);
      // One XACK may be under way; the wait also keeps what is not acknowledged bounded.
      await acked;
      if (entries.length > 0) acked = acker.xack(key, GROUP, ...entries.map(([id]) => id));
    }
    await acked;
  }

  async function oneByOne(): Promise<void> {
    for (let taken = 0; taken < count;) {
      for (const entry of await read()) {
        taken += 1;
        handle(entry);
        await reader.xack(key, GROUP, entry[0]);
      }
    }
  }

  return {
    done: concurrency === 1 ? oneByOne() : readAhead(),
    stop: async () => void (await Promise.all([reader.quit(), acker.quit()])),
  };
};
