import { parseArgs } from 'node:util';
import type { Settings } from './room.interface.js';

/** The rooms, in the order in which they are run. */
export const ROOM_NAMES = ['handled', 'publish', 'requests', 'latency', 'memory', 'idle'] as const;

export type RoomName = (typeof ROOM_NAMES)[number];

const USAGE = `Usage: npm run bench -- [handled] [publish] [requests] [latency] [memory] [idle] [--rounds N] [--messages N] [--seconds N] [--only TEXT]

  handled     messages per second through a handler
  publish     messages per second that are published, 100 at a time
  requests    requests per second that are answered, 100 at a time
  latency     time from publishing to handling, and from asking to the answer, at 500 per second
  memory      bytes that Redis needs for a message that waits
  idle        commands per minute for a handler that has nothing to do; takes half a minute
              (default: all six)
  --rounds    how often each is measured (default 5, latency 3); one more round before them warms up
  --messages  of handled, publish and requests, in a round (default 40000): slow contenders get a part of it, fast ones up to five times
              as many, requests half
  --seconds   of latency, for each contender in a round (default 2)
  --only      rows with a contender whose name contains the text: stream, queue, channel, batch, once, 1kb, bullmq, nest, …
`;

const OPTIONS = {
  rounds: { type: 'string' },
  messages: { type: 'string', default: '40000' },
  seconds: { type: 'string', default: '2' },
  only: { type: 'string' },
} as const;

const refuse = (): never => {
  throw new Error(`a bad option\n\n${USAGE}`);
};

function count(text: string, most: number): number {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 && value <= most ? value : refuse();
}

const isRoomName = (name: string): name is RoomName => (ROOM_NAMES as readonly string[]).includes(name);

/** @throws with the usage, when the arguments are not understood. */
export function settingsFrom(args: readonly string[]): { rooms: readonly RoomName[]; settings: Settings } {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const asked = positionals.map((name) => (isRoomName(name) ? name : refuse()));
  const { rounds, messages, seconds, only } = values;
  return {
    rooms: asked.length === 0 ? ROOM_NAMES : asked,
    settings: {
      messages: count(messages, 10_000_000),
      seconds: count(seconds, 60),
      ...(rounds === undefined ? {} : { rounds: count(rounds, 1_000) }),
      ...(only === undefined ? {} : { only }),
    },
  };
}
