// How many messages per second a handler gets, beside a bare ioredis loop that does the same job.
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { CONTENDERS, type ContenderName } from './contenders.js';
import { Load } from './load.js';
import { Worker } from './measure.js';
import { type Sample, machine, table } from './report.js';

const USAGE = `Usage: npm run bench -- [--rounds N] [--messages N] [--only stream|queue|channel]

  --rounds    how often each is measured (default 5); one more round before them warms up
  --messages  messages in a round (default 40000): slow contenders handle a part of it, the fastest twice as many
  --only      one mechanism
`;

interface Settings {
  readonly rounds: number;
  readonly messages: number;
  readonly names: readonly ContenderName[];
}

function settings(): Settings {
  const options = { rounds: { type: 'string' }, messages: { type: 'string' }, only: { type: 'string' } } as const;
  const { rounds = '5', messages = '40000', only } = parseArgs({ options }).values;
  const names = (Object.keys(CONTENDERS) as ContenderName[]).filter(
    (name) => only === undefined || CONTENDERS[name].mechanism === only,
  );
  const chosen = { rounds: Number(rounds), messages: Number(messages), names };
  const isCount = (value: number, most: number): boolean => Number.isInteger(value) && value > 0 && value <= most;
  if (isCount(chosen.rounds, 1_000) && isCount(chosen.messages, 10_000_000) && names.length > 0) return chosen;
  throw new Error(`a bad option\n\n${USAGE}`);
}

class Bench {
  private readonly prefix = `bench:${randomUUID()}`;
  private readonly samples = new Map<ContenderName, Sample[]>();
  private readonly workers: ReadonlyMap<ContenderName, Worker>;

  constructor(
    private readonly load: Load,
    private readonly url: string,
    private readonly settings: Settings,
  ) {
    this.workers = new Map(settings.names.map((name) => [name, new Worker(name)]));
  }

  async run(): Promise<ReadonlyMap<ContenderName, readonly Sample[]>> {
    const { rounds, names } = this.settings;
    for (let round = 0; round <= rounds; round += 1) {
      process.stderr.write(round === 0 ? 'warming up\n' : `round ${round} of ${rounds}\n`);
      // Whatever grows or shrinks during a round meets both sides of a pair alike.
      const order = round % 2 === 0 ? names : names.toReversed();
      for (const name of order) {
        const sample = await this.measure(name, round);
        if (round > 0) this.samples.set(name, [...(this.samples.get(name) ?? []), sample]);
      }
    }
    await Promise.all([...this.workers.values()].map((worker) => worker.end()));
    return this.samples;
  }

  /** Ends every process and deletes every key. */
  async clear(): Promise<void> {
    for (const worker of this.workers.values()) worker.kill();
    await this.load.clear(this.prefix);
  }

  private async measure(name: ContenderName, round: number): Promise<Sample> {
    const worker = this.workers.get(name);
    if (worker === undefined) throw new Error(`${name} has no process`);
    const contender = CONTENDERS[name];
    const count = Math.ceil(this.settings.messages * contender.share);
    const key = `${this.prefix}:${name}:${round}`;
    const send = () => this.load.send(contender, key, count);
    const isLive = contender.mechanism === 'channel';
    if (!isLive) await send();
    const took = await worker.measure({ url: this.url, key, count }, isLive ? send : () => Promise.resolve());
    if (took.duplicates > 0) throw new Error(`${name}: ${took.duplicates} messages were handled twice`);
    await this.load.verify(contender, key, count);
    await this.load.clear(key);
    return { rate: (count / took.ms) * 1_000, cpu: took.cpu / count };
  }
}

async function main(): Promise<void> {
  const chosen = settings();
  const url = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';
  const load = await Load.connect(url);
  const bench = new Bench(load, url, chosen);
  // Without processes there is nothing to measure: the run fails, and cleans up as it does after any failure.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void bench.clear().catch(() => undefined));
  try {
    const samples = await bench.run();
    process.stdout.write(`\n${machine(await load.server())}\n\n${table(samples)}\n`);
  } finally {
    await bench.clear().catch(() => undefined);
    await load.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
