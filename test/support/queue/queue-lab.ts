import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { OnQueue, type QueueOptions } from 'nestjs-redis-flow';
import { type ChildWorkerOptions, ChildWorker } from '../child-worker.js';
import { eventually } from '../eventually.js';
import { Ledger } from '../faults/ledger.js';
import { LabWorker, type WorkerSpec } from '../lab-worker.js';
import { plainRedis, redisUrl, unique } from '../redis.js';

/** An item as it lies in Redis. */
export interface Item {
  readonly id: string | undefined;
  readonly attempts: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
}

type ChildSpec = Partial<Omit<ChildWorkerOptions, 'options'>>;

/** A read, as a proxy sees it: of all commands only reads name the list of what is taken and not that of what is started. */
export const QUEUE_READ = /^(?![^]*:processing:)[^]*:taken:/;

/** How many jobs wait, are taken, are started and are delayed: at one moment, as they go from one to the other. */
const COUNTS = `
local counts = { redis.call('LLEN', KEYS[1]), 0, 0, redis.call('ZCARD', KEYS[1] .. ':delayed') }
for n, kind in pairs({ [2] = 'taken', [3] = 'processing' }) do
  for _, list in ipairs(redis.call('KEYS', KEYS[1] .. ':' .. kind .. ':*')) do
    counts[n] = counts[n] + redis.call('LLEN', list)
  end
end
return counts
`;

/** The most jobs that one command pushes. */
const PUSHED_AT_ONCE = 1_000;

/** `$rf1 <id> <attempts> <timestamp> <length of the headers>\n<headers><payload>` */
export function itemOf(raw: Buffer): Item {
  if (!raw.toString('latin1', 0, 5).startsWith('$rf1 ')) {
    return { id: undefined, attempts: '0', headers: {}, payload: raw };
  }
  const start = raw.indexOf(0x0a) + 1;
  const [, id, attempts = '', , length] = raw.toString('latin1', 0, start - 1).split(' ');
  const payloadStart = start + Number(length);
  const headers = raw.toString('utf8', start, payloadStart);
  return {
    id,
    attempts,
    headers: headers === '' ? {} : (JSON.parse(headers) as Record<string, string>),
    payload: raw.subarray(payloadStart),
  };
}

/** An item of the library's form. */
export const ours = (
  payload: Buffer | string,
  { id = randomUUID() as string, attempts = '0', headers = '' } = {},
): Buffer =>
  Buffer.concat([
    Buffer.from(`$rf1 ${id} ${attempts} ${Date.now()} ${Buffer.byteLength(headers)}\n${headers}`),
    Buffer.from(payload),
  ]);

/** A queue on the table, with workers in this process and in others, and a plain client that sees what Redis really has. */
export class QueueLab {
  readonly queue = unique('queue');
  readonly redis: Redis;
  private ownLedger: Ledger | undefined;

  constructor(readonly url = redisUrl()) {
    this.redis = plainRedis(url);
    // Some tests stop their server, and this client only waits until it is back.
    this.redis.on('error', () => undefined);
  }

  get ledger(): Ledger {
    return (this.ownLedger ??= new Ledger());
  }

  /** Pushes the JSON of each as a foreign producer would. */
  async push(...data: readonly unknown[]): Promise<void> {
    for (let start = 0; start < data.length; start += PUSHED_AT_ONCE) {
      const items = data.slice(start, start + PUSHED_AT_ONCE).map((each) => JSON.stringify(each));
      await this.redis.lpush(this.queue, ...items);
    }
  }

  /** Starts a worker in this process. */
  worker({ options, flow, ...spec }: WorkerSpec<QueueOptions> = {}, queue = this.queue): Promise<LabWorker> {
    return LabWorker.start(OnQueue(queue, options), { ...spec, flow: { connection: this.url, ...flow } });
  }

  /** Starts a worker in a process of its own. */
  child(options: Readonly<Record<string, unknown>> = {}, spec: ChildSpec = {}): ChildWorker {
    const base = { url: this.url, kind: 'queue', target: this.queue, ledger: this.ledger.path };
    return ChildWorker.start({ ...base, ...spec, options });
  }

  /** What lies in the lists of one kind of all consumers, oldest first. */
  async held(kind: 'taken' | 'processing'): Promise<Item[]> {
    const lists = await this.redis.keys(`${this.queue}:${kind}:*`);
    const items = await Promise.all(lists.map((list) => this.redis.lrangeBuffer(list, 0, -1)));
    return items.flat().map(itemOf);
  }

  /** What waits in the queue, the next one first. */
  async waiting(): Promise<Item[]> {
    return (await this.redis.lrangeBuffer(this.queue, 0, -1)).toReversed().map(itemOf);
  }

  async delayed(): Promise<Item[]> {
    return (await this.redis.zrangeBuffer(`${this.queue}:delayed`, '0', '-1')).map(itemOf);
  }

  /** Oldest first. */
  async deadLetters(): Promise<Item[]> {
    return (await this.redis.lrangeBuffer(`${this.queue}:dlq`, 0, -1)).toReversed().map(itemOf);
  }

  /** Resolves when every job has come to its end: nothing waits, nothing is held. */
  async settled(): Promise<void> {
    await eventually(async () => {
      const counts = (await this.redis.eval(COUNTS, 1, this.queue)) as number[];
      if (counts.some((count) => count > 0)) throw new Error(`${this.queue}: ${counts.join(', ')} jobs are left`);
    });
  }
}
