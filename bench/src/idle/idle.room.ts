import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { CONTENDERS, type ContenderName } from '../consumers/contenders.js';
import { Load } from '../load.js';
import { type Idle, idleTable } from '../report/idle.js';
import type { Room } from '../room.interface.js';
import type { Workbench } from '../workbench.js';
import { startOwnServer } from './own-server.js';
import { watchCommands } from './watch-commands.js';

const HANDLERS: readonly ContenderName[] = ['stream-flow-1', 'queue-flow-1', 'channel-flow-1'];
/** Until the start is over, in ms. */
const SETTLE = 2_000;
const WATCH = 20_000;
const WITHIN = SETTLE + WATCH + 30_000;

/** Has one message handled after all: the handler was idle, not dead. */
async function sendOne(url: string, name: ContenderName, key: string): Promise<void> {
  const { medium, bytes } = CONTENDERS[name];
  const load = await Load.connect(url);
  try {
    await load.send(medium, key, 1, bytes);
  } finally {
    await load.close();
  }
}

/** Watches one handler that has nothing to do, on a Redis that it has for itself. */
async function measure(bench: Workbench, name: ContenderName): Promise<Idle> {
  const server = await startOwnServer();
  const redis = new Redis(server.url);
  const key = bench.key('idle', name);
  let commands: ReadonlyMap<string, number> = new Map();
  const onListening = async (): Promise<void> => {
    await sleep(SETTLE);
    commands = await watchCommands(redis, WATCH);
    await sendOne(server.url, name, key);
  };
  try {
    await bench
      .consumer(name)
      .perform({ url: server.url, key, count: 1, isUnnamed: true }, { onListening, within: WITHIN });
    return { name, commands, minutes: WATCH / 60_000 };
  } finally {
    redis.disconnect();
    await server.stop();
  }
}

/** How many commands per minute a handler costs that has nothing to do. */
export const idle: Room = async (bench, { only = '' }) => {
  const names = HANDLERS.filter((name) => name.includes(only));
  if (names.length === 0) return undefined;
  process.stderr.write(`idle: watching for ${WATCH / 1_000} s\n`);
  const measured = await Promise.all(names.map((name) => measure(bench, name)));
  await bench.end();
  return idleTable(measured);
};
