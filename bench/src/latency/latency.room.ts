import { type Latency, latencyTable } from '../report/latency.js';
import { lazily } from '../lazily.js';
import { REQUEST_CONTENDERS, type RequestContenderName } from '../requests/contenders.js';
import type { Room } from '../room.interface.js';
import { WARM_UP, inRounds } from '../rounds.js';
import { chosenRows, namesIn } from '../rows.js';
import { quantile } from '../statistics.js';
import { LATENCY_CONTENDERS, LATENCY_ROWS, type LatencyContenderName } from './latency.rows.js';
import { messageLatency } from './message-latency.js';
import { requestLatency } from './request-latency.js';
import { PER_SECOND } from './trickle.js';

const ROUNDS = 3;
/** The part of a measurement in which connections and code get warm; it is not counted. */
const WARMING = 0.1;
/** The part of a measurement that the round gets which warms up. */
const WARM_UP_SHARE = 0.25;

const isRequest = (name: LatencyContenderName): name is RequestContenderName => name in REQUEST_CONTENDERS;

/** What is typical once all is warm. */
function latencyOf(each: readonly number[]): Latency {
  const counted = each.slice(Math.floor(each.length * WARMING));
  return { p50: quantile(counted, 0.5), p99: quantile(counted, 0.99) };
}

/** How long a message or an answer takes, when there is time enough. */
export const latency: Room = async (bench, { rounds = ROUNDS, seconds, only }) => {
  const rows = chosenRows(LATENCY_ROWS, only);
  if (rows.length === 0) return undefined;
  const measureOf = lazily((name: LatencyContenderName) =>
    isRequest(name) ? requestLatency(bench, name) : messageLatency(bench, name),
  );
  const samples = await inRounds('latency', namesIn(rows, LATENCY_CONTENDERS), rounds, async (name, round) => {
    const count = Math.ceil(seconds * PER_SECOND * (round === WARM_UP ? WARM_UP_SHARE : 1));
    return latencyOf(await measureOf(name)(bench.key('latency', name, round), count));
  });
  await bench.end();
  return latencyTable(rows, samples, LATENCY_CONTENDERS);
};
