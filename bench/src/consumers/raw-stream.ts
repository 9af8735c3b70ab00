import { Redis } from 'ioredis';
import { CONSUMER, GROUP } from '../keys.js';
import type { Body } from '../message.js';
import type { Consume } from './consumer.interface.js';

type Entry = [id: string, fields: [name: string, value: string]];

/** XREADGROUP COUNT 100, one XACK for each reply, and the next read under way while entries are handled. */
export const rawStream: Consume = async ({ url, key, count }, handle) => {
  const reader = new Redis(url);
  const acker = new Redis(url);
  await acker.xgroup('CREATE', key, GROUP, '0', 'MKSTREAM');

  async function read(): Promise<Entry[]> {
    const args = ['GROUP', GROUP, CONSUMER, 'COUNT', 100, 'BLOCK', 5_000, 'STREAMS', key, '>'] as const;
    const reply = await reader.xreadgroup(...args);
    return ((reply as [string, Entry[]][] | null)?.[0]?.[1] ?? []) as Entry[];
  }

  async function readAhead(): Promise<void> {
    let acked: Promise<unknown> = Promise.resolve();
    let next = read();
    for (let taken = 0; taken < count;) {
      const entries = await next;
      taken += entries.length;
      if (taken < count) next = read();
      for (const [, [, value]] of entries) handle((JSON.parse(value) as Body).n);
      // One XACK may be under way; the wait also keeps what is not acknowledged bounded.
      await acked;
      if (entries.length > 0) acked = acker.xack(key, GROUP, ...entries.map(([id]) => id));
    }
    await acked;
  }

  return { done: readAhead(), stop: async () => void (await Promise.all([reader.quit(), acker.quit()])) };
};
