import { keysOf } from '../keys.js';
import type { Load } from '../load.js';
import type { Bytes } from '../message.js';
import { memoryTable } from '../report/memory.js';
import type { Room } from '../room.interface.js';
import { STORES, type Store } from './stores.js';

const COUNT = 5_000;
const SIZES: readonly Bytes[] = [100, 1_000];

/** Bytes for each message, in whatever keys. */
async function measure(load: Load, { fill }: Store, key: string, bytes: Bytes): Promise<number> {
  const { redis } = load;
  await load.fill(fill, key, COUNT, bytes);
  const keys = await keysOf(redis, key);
  const used = await Promise.all(keys.map((name) => redis.memory('USAGE', name, 'SAMPLES', 0)));
  await load.clear(key);
  return used.reduce<number>((sum, each) => sum + (each ?? 0), 0) / COUNT;
}

/** How much memory Redis needs for a message that waits. */
export const memory: Room = async (bench, { only = '' }) => {
  const stores = Object.entries(STORES).filter(([name]) => name.includes(only));
  if (stores.length === 0) return undefined;
  process.stderr.write(`memory: ${COUNT} messages each\n`);
  const rows: { readonly label: string; readonly bytes: readonly number[] }[] = [];
  for (const [name, store] of stores) {
    const bytes: number[] = [];
    for (const size of SIZES) bytes.push(await measure(bench.load, store, bench.key('memory', name, size), size));
    rows.push({ label: store.label, bytes });
  }
  return memoryTable(rows);
};
