import type { Redis } from 'ioredis';
import { OnStream, type StreamOptions } from 'nestjs-redis-flow';
import { type ChildWorkerOptions, ChildWorker } from '../child-worker.js';
import { eventually } from '../eventually.js';
import { LabWorker, type WorkerSpec } from '../lab-worker.js';
import { plainRedis, redisUrl, unique } from '../redis.js';
import { Ledger } from './ledger.js';

/** The group of every worker. */
export const GROUP = 'faults';

/** One row of XPENDING. */
export interface PendingRow {
  readonly id: string;
  readonly consumer: string;
  readonly idle: number;
  readonly deliveries: number;
}

/** A dead letter as it lies in Redis. */
export interface DeadLetterEntry {
  readonly fields: ReadonlyMap<string, Buffer>;
  readonly headers: Readonly<Record<string, string>>;
}

type ChildSpec = Partial<Omit<ChildWorkerOptions, 'options'>>;

/** The most messages that are appended in one transaction, so that one read can get them together. */
const APPENDED_AT_ONCE = 1_000;

/** A stream on the table, with workers in this process and in others, and a plain client that sees what Redis really has. */
export class StreamLab {
  readonly stream = unique('faults');
  readonly ledger = new Ledger();
  readonly redis: Redis;

  constructor(readonly url = redisUrl()) {
    this.redis = plainRedis(url);
    // Some tests stop their server, and this client only waits until it is back.
    this.redis.on('error', () => undefined);
  }

  /** Appends as a foreign producer would. @returns the entries' ids. */
  async append(...data: readonly unknown[]): Promise<string[]> {
    const ids: string[] = [];
    for (let start = 0; start < data.length; start += APPENDED_AT_ONCE) {
      const multi = this.redis.multi();
      for (const each of data.slice(start, start + APPENDED_AT_ONCE)) {
        multi.xadd(this.stream, '*', '$data', JSON.stringify(each));
      }
      ids.push(...((await multi.exec()) ?? []).map(([, id]) => String(id)));
    }
    return ids;
  }

  /** Starts a worker in this process. */
  worker({ options, flow, ...spec }: WorkerSpec<StreamOptions> = {}): Promise<LabWorker> {
    const inGroup = options?.reader === undefined ? { group: GROUP, ...options } : options;
    return LabWorker.start(OnStream(this.stream, inGroup), { ...spec, flow: { connection: this.url, ...flow } });
  }

  /** Starts a worker in a process of its own. */
  child(options: Readonly<Record<string, unknown>> = {}, spec: ChildSpec = {}): ChildWorker {
    return ChildWorker.start({
      url: this.url,
      kind: 'stream',
      target: this.stream,
      ledger: this.ledger.path,
      ...spec,
      options: { group: GROUP, ...options },
    });
  }

  async pending(): Promise<number> {
    const [count] = await this.redis.xpending(this.stream, GROUP);
    return Number(count);
  }

  async pendingRows(count = 100): Promise<PendingRow[]> {
    const rows = (await this.redis.xpending(this.stream, GROUP, '-', '+', count)) as [string, string, number, number][];
    return rows.map(([id, consumer, idle, deliveries]) => ({ id, consumer, idle, deliveries }));
  }

  /** The names of the group's consumers. */
  async consumers(): Promise<string[]> {
    const rows = (await this.redis.xinfo('CONSUMERS', this.stream, GROUP)) as unknown[][];
    return rows.map((row) => String(row[row.indexOf('name') + 1]));
  }

  async deadLetters(): Promise<DeadLetterEntry[]> {
    const entries = await this.redis.xrangeBuffer(`${this.stream}:dlq`, '-', '+');
    return entries.map(([, fields]) => toDeadLetter(fields));
  }

  /** Resolves when every message that was handed out has come to its end. */
  async settled(timeout?: number): Promise<void> {
    await eventually(async () => {
      const pending = await this.pending();
      if (pending > 0) throw new Error(`${pending} entries of ${this.stream} are still pending`);
    }, timeout);
  }
}

function toDeadLetter(raw: readonly Buffer[]): DeadLetterEntry {
  const fields = new Map<string, Buffer>();
  for (let index = 0; index + 1 < raw.length; index += 2) fields.set(String(raw[index]), raw[index + 1] as Buffer);
  return { fields, headers: JSON.parse(String(fields.get('$headers') ?? '{}')) as Record<string, string> };
}
