import { type Sample, throughputTable } from '../report/throughput.js';
import { lazily } from '../lazily.js';
import type { Room } from '../room.interface.js';
import { inRounds } from '../rounds.js';
import { chosenRows, namesIn } from '../rows.js';
import type { Workbench } from '../workbench.js';
import { REQUEST_CONTENDERS, type RequestContenderName } from './contenders.js';
import { REQUEST_ROWS } from './requests.rows.js';
import { whileAnswered } from './while-answered.js';

const ROUNDS = 5;
/** The part of `--messages` that is asked. */
const SHARE = 0.5;

/** Two processes that live for all rounds: one that answers, and one that asks. */
const pairOf = (bench: Workbench, name: RequestContenderName) => ({
  answerer: bench.answerer(name),
  asker: bench.asker(name),
});

/** How many requests per second are answered, 100 at a time. */
export const requests: Room = async (bench, { rounds = ROUNDS, messages, only }) => {
  const rows = chosenRows(REQUEST_ROWS, only);
  if (rows.length === 0) return undefined;
  const count = Math.ceil(messages * SHARE);
  const pair = lazily((name: RequestContenderName) => pairOf(bench, name));
  const names = namesIn(rows, REQUEST_CONTENDERS);
  const samples = await inRounds('requests', names, rounds, async (name, round): Promise<Sample> => {
    const { answerer, asker } = pair(name);
    const source = { url: bench.url, key: bench.key('requests', name, round), count };
    const { ms, cpu } = await whileAnswered(bench, answerer, source, () => asker.perform(source));
    return { rate: (count / ms) * 1_000, cpu: cpu / count };
  });
  await bench.end();
  return throughputTable(rows, samples, REQUEST_CONTENDERS);
};
