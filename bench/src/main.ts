// What the library costs, beside bare ioredis loops and other libraries that do the same job.
import { handled } from './handled/handled.room.js';
import { idle } from './idle/idle.room.js';
import { latency } from './latency/latency.room.js';
import { Load } from './load.js';
import { memory } from './memory/memory.room.js';
import { publish } from './publish/publish.room.js';
import { load as loadAverage, machine } from './report/machine.js';
import { requests } from './requests/requests.room.js';
import type { Room, Settings } from './room.interface.js';
import { type RoomName, settingsFrom } from './settings.js';
import { Workbench } from './workbench.js';

const ROOMS: Readonly<Record<RoomName, Room>> = { handled, publish, requests, latency, memory, idle };

const TITLES: Readonly<Record<RoomName, string>> = {
  handled: 'Handled',
  publish: 'Published, 100 at a time',
  requests: 'Requests answered, 100 at a time',
  latency: 'Latency at 500 messages or requests per second',
  memory: 'Memory',
  idle: 'Idle',
};

const print = (text: string): void => void process.stdout.write(`\n${text}\n`);

/** Prints each table when it is there. @throws when nothing was measured. */
async function runRooms(bench: Workbench, rooms: readonly RoomName[], settings: Settings): Promise<void> {
  let isEmpty = true;
  for (const name of rooms) {
    const table = await ROOMS[name](bench, settings);
    if (table === undefined) continue;
    isEmpty = false;
    print(`${TITLES[name]} · ${loadAverage()}\n\n${table}`);
  }
  if (isEmpty) throw new Error(`no row has a contender called ${String(settings.only)}`);
}

async function main(): Promise<void> {
  const { rooms, settings } = settingsFrom(process.argv.slice(2));
  const url = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';
  const load = await Load.connect(url);
  const bench = new Workbench(url, load);
  // Without processes there is nothing to measure: the run fails, and cleans up as it does after any failure.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void bench.clear().catch(() => undefined));
  try {
    print(machine(await load.server()));
    await runRooms(bench, rooms, settings);
  } finally {
    await bench.clear().catch(() => undefined);
    await load.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
