import type { Child } from '../child.js';
import type { Source } from '../consumers/consumer.interface.js';
import { CONTENDERS, type ContenderName } from '../consumers/contenders.js';
import { MEDIA } from '../media/index.js';
import { type Sample, throughputTable } from '../report/throughput.js';
import { lazily } from '../lazily.js';
import type { Room } from '../room.interface.js';
import { inRounds } from '../rounds.js';
import { chosenRows, namesIn } from '../rows.js';
import type { Workbench } from '../workbench.js';
import type { TallyResult } from '../worker/tally.js';
import { HANDLED_ROWS } from './handled.rows.js';

const ROUNDS = 5;

/** Has one contender handle `count` messages, and makes sure that it did. */
async function measure(
  { url, load }: Workbench,
  child: Child<Source, TallyResult>,
  name: ContenderName,
  key: string,
  count: number,
): Promise<Sample> {
  const { medium, bytes } = CONTENDERS[name];
  const send = () => load.send(medium, key, count, bytes);
  const { isLive } = MEDIA[medium];
  if (!isLive) await send();
  const { ms, cpu, duplicates } = await child.perform({ url, key, count }, isLive ? { onListening: send } : {});
  if (duplicates > 0) throw new Error(`${name}: ${duplicates} messages were handled twice`);
  await load.verify(medium, key, count);
  await load.clear(key);
  return { rate: (count / ms) * 1_000, cpu: cpu / count };
}

/** How many messages per second a handler gets. */
export const handled: Room = async (bench, { rounds = ROUNDS, messages, only }) => {
  const rows = chosenRows(HANDLED_ROWS, only);
  if (rows.length === 0) return undefined;
  const childOf = lazily((name: ContenderName) => bench.consumer(name));
  const samples = await inRounds('handled', namesIn(rows, CONTENDERS), rounds, async (name, round) => {
    const count = Math.ceil(messages * CONTENDERS[name].share);
    return measure(bench, childOf(name), name, bench.key('handled', name, round), count);
  });
  await bench.end();
  return throughputTable(rows, samples, CONTENDERS);
};
