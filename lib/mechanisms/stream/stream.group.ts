import { type RedisClient, type RedisConnection, replyCode } from '../../connection/index.js';

/** An entry as Redis gives it: its id, then names and values in turn. */
export interface Entry {
  readonly id: string;
  readonly fields: readonly Buffer[];
}

/** One row of XPENDING. */
export interface PendingRow {
  readonly id: string;
  /** Ms without a sign of life. */
  readonly idle: number;
  readonly deliveries: number;
}

/** ioredis 5 has this method, too, and does not say so. `call` would give another shape under RESP3. */
type BufferReader = RedisClient & {
  xreadgroupBuffer(...args: (string | number)[]): Promise<[stream: Buffer, entries: unknown][] | null>;
};

type RawEntry = [id: Buffer, fields: Buffer[] | null] | null;

/** Entries of a reply; one that was trimmed comes as null, or without fields. */
export function toEntries(reply: unknown): Entry[] {
  const raw = (reply ?? []) as RawEntry[];
  return raw.flatMap((entry) => (entry?.[1] ? [{ id: entry[0].toString(), fields: entry[1] }] : []));
}

/** The plain commands of one consumer group, with the key and the names filled in. */
export class StreamGroup {
  constructor(
    private readonly connection: RedisConnection,
    readonly key: string,
    readonly group: string,
    readonly consumer: string,
  ) {}

  /** Makes the group and, where it is missing, the stream. Another instance may have been faster. */
  async create(from: string): Promise<void> {
    const client = await this.connection.command();
    try {
      await client.xgroup('CREATE', this.key, this.group, from, 'MKSTREAM');
    } catch (error) {
      if (replyCode(error) !== 'BUSYGROUP') throw error;
    }
  }

  /** Waits up to `block` ms for new entries on a client of the caller's, at most `count`. */
  async read(client: RedisClient, count: number, block: number): Promise<Entry[]> {
    const options = ['COUNT', count, 'BLOCK', block, 'STREAMS', this.key, '>'];
    const reply = await (client as BufferReader).xreadgroupBuffer('GROUP', this.group, this.consumer, ...options);
    return toEntries(reply?.[0]?.[1]);
  }

  /** The highest id that is pending for anyone, or undefined where nothing is. */
  async highestPending(): Promise<string | undefined> {
    const client = await this.connection.command();
    const [, , highest] = await client.xpending(this.key, this.group);
    return typeof highest === 'string' ? highest : undefined;
  }

  /** What has been without a sign of life for `idle` ms, whoever it belongs to. */
  async idleFor(idle: number, count: number): Promise<PendingRow[]> {
    const client = await this.connection.command();
    const rows = await client.xpending(this.key, this.group, 'IDLE', idle, '-', '+', count);
    return rows.map((row) => toRow(row as [string, string, number, number]));
  }

  /** What Redis thinks that we hold, above an id. */
  async ownAbove(id: string | undefined, count: number): Promise<PendingRow[]> {
    const client = await this.connection.command();
    const start = id === undefined ? '-' : `(${id}`;
    const rows = await client.xpending(this.key, this.group, start, '+', count, this.consumer);
    return rows.map((row) => toRow(row as [string, string, number, number]));
  }

  /** Takes an entry over if it still has no sign of life, and sets its delivery count. */
  async claim(id: string, idle: number, deliveries: number): Promise<Entry[]> {
    const client = await this.connection.command();
    const args = [this.key, this.group, this.consumer, idle, id, 'RETRYCOUNT', deliveries] as const;
    return toEntries(await client.callBuffer('XCLAIM', ...args));
  }

  async acknowledge(ids: readonly string[]): Promise<void> {
    const client = await this.connection.command();
    await client.xack(this.key, this.group, ...ids);
  }

  async exists(id: string): Promise<boolean> {
    const client = await this.connection.command();
    return (await client.xrange(this.key, id, id)).length > 0;
  }
}

const toRow = ([id, , idle, deliveries]: [string, string, number, number]): PendingRow => ({ id, idle, deliveries });
