import type { Child } from '../child.js';
import { now } from '../clock.js';
import type { Source } from '../consumers/consumer.interface.js';
import { CONTENDERS, type ContenderName } from '../consumers/contenders.js';
import { type Latency, latencyTable } from '../report/latency.js';
import { lazily } from '../lazily.js';
import type { Room } from '../room.interface.js';
import { WARM_UP, inRounds } from '../rounds.js';
import { chosenRows, namesIn } from '../rows.js';
import { quantile } from '../statistics.js';
import type { Workbench } from '../workbench.js';
import type { ArrivalsResult } from '../worker/arrivals.js';
import { LATENCY_ROWS, SENDERS } from './latency.rows.js';
import { trickle } from './trickle.js';

const ROUNDS = 3;
const PER_SECOND = 500;
/** The part of a measurement in which connections and code get warm; it is not counted. */
const WARMING = 0.1;
/** The part of a measurement that the round gets which warms up. */
const WARM_UP_SHARE = 0.25;

const interval = 1_000 / PER_SECOND;

/** @throws when the clock of another process is not this one's. */
function assertSameClock(before: number, theirs: number): void {
  if (theirs < before || theirs > now()) throw new Error('its clock is not that of the sending process');
}

/** From sending to handling, once all is warm. */
function latencies(sent: readonly number[], handledAt: readonly number[]): Latency {
  const each = handledAt.map((time, index) => time - (sent[index] ?? NaN));
  const counted = each.slice(Math.floor(each.length * WARMING));
  return { p50: quantile(counted, 0.5), p99: quantile(counted, 0.99) };
}

/** Sends `count` messages to one contender from this process, and makes sure that it handled each. */
async function measure(
  { url, load }: Workbench,
  child: Child<Source, ArrivalsResult>,
  name: ContenderName,
  key: string,
  count: number,
): Promise<Latency> {
  const { medium, bytes } = CONTENDERS[name];
  const publisher = await SENDERS[medium](url, key);
  let sending: Promise<readonly number[]> = Promise.resolve([]);
  const startedAt = now();
  const onListening = async (clock: number): Promise<void> => {
    assertSameClock(startedAt, clock);
    sending = trickle(publisher, count, interval, bytes);
    await sending;
  };
  try {
    const within = 30_000 + count * interval;
    const { times, duplicates } = await child.perform({ url, key, count }, { onListening, within });
    if (duplicates > 0) throw new Error(`${name}: ${duplicates} messages were handled twice`);
    await load.verify(medium, key, count);
    return latencies(await sending, times);
  } finally {
    await publisher.close();
    await load.clear(key);
  }
}

/** How long a message takes from its publisher to its handler, when there is time enough. */
export const latency: Room = async (bench, { rounds = ROUNDS, seconds, only }) => {
  const rows = chosenRows(LATENCY_ROWS, only);
  if (rows.length === 0) return undefined;
  const childOf = lazily((name: ContenderName) => bench.arrivals(name));
  const samples = await inRounds('latency', namesIn(rows, CONTENDERS), rounds, async (name, round) => {
    const count = Math.ceil(seconds * PER_SECOND * (round === WARM_UP ? WARM_UP_SHARE : 1));
    return measure(bench, childOf(name), name, bench.key('latency', name, round), count);
  });
  await bench.end();
  return latencyTable(rows, samples, CONTENDERS);
};
