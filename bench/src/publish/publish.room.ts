import type { Child } from '../child.js';
import type { Source } from '../consumers/consumer.interface.js';
import { MEDIA } from '../media/index.js';
import { PUBLISH_CONTENDERS, type PublishContenderName } from '../publishers/contenders.js';
import { type Sample, throughputTable } from '../report/throughput.js';
import { lazily } from '../lazily.js';
import type { Room } from '../room.interface.js';
import { inRounds } from '../rounds.js';
import { chosenRows, namesIn } from '../rows.js';
import type { Workbench } from '../workbench.js';
import type { Took } from '../worker/stopwatch.js';
import { PUBLISH_ROWS } from './publish.rows.js';

const ROUNDS = 5;

/** Has one contender publish `count` messages, and makes sure that Redis got them. */
async function measure(
  { url, load }: Workbench,
  child: Child<Source, Took>,
  name: PublishContenderName,
  key: string,
  count: number,
): Promise<Sample> {
  const medium = MEDIA[PUBLISH_CONTENDERS[name].medium];
  const before = await medium.received(load.redis, key);
  const { ms, cpu } = await child.perform({ url, key, count });
  const sent = (await medium.received(load.redis, key)) - before;
  // On a server that is not the benchmark's own, others may publish too.
  if (medium.isLive ? sent < count : sent !== count) throw new Error(`${name}: Redis got ${sent} of ${count} messages`);
  await load.clear(key);
  return { rate: (count / ms) * 1_000, cpu: cpu / count };
}

/** How many messages per second can be published, 100 at a time. */
export const publish: Room = async (bench, { rounds = ROUNDS, messages, only }) => {
  const rows = chosenRows(PUBLISH_ROWS, only);
  if (rows.length === 0) return undefined;
  const childOf = lazily((name: PublishContenderName) => bench.publisher(name));
  const samples = await inRounds('publish', namesIn(rows, PUBLISH_CONTENDERS), rounds, async (name, round) => {
    const count = Math.ceil(messages * PUBLISH_CONTENDERS[name].share);
    return measure(bench, childOf(name), name, bench.key('publish', name, round), count);
  });
  await bench.end();
  return throughputTable(rows, samples, PUBLISH_CONTENDERS);
};
