import type { Argument, BlockingClient, RedisConnection, Script } from '../../connection/index.js';
import { replyCode } from '../../connection/index.js';
import type { StreamKeys } from './stream-keys.js';
import { CREATE, LEAVE } from './group.scripts.js';

/** One row of XPENDING. */
export interface PendingRow {
  readonly id: string;
  readonly deliveries: number;
}

type RawRow = [id: string, consumer: string, idle: number, deliveries: number];

/** The commands of one consumer group, with the key and the names filled in. */
export class StreamGroup {
  constructor(
    readonly connection: RedisConnection,
    readonly keys: StreamKeys,
    readonly group: string,
    readonly consumer: string,
  ) {}

  /** The stream's. */
  get key(): string {
    return this.keys.stream;
  }

  /**
   * Makes the group and, where it is missing, the stream. Another instance may have been faster. What an earlier group of
   * the name has left beside the stream is not the new one's.
   */
  async create(from: string): Promise<void> {
    const { parked, started, progress } = this.keys;
    try {
      await CREATE.run(await this.connection.command(), [this.key, parked, started, progress], [this.group, from]);
    } catch (error) {
      if (replyCode(error) !== 'BUSYGROUP') throw error;
    }
  }

  /** The read of new entries. `forget`: Redis does not keep them as pending. */
  readCommand(count: number, block: number, forget: boolean): readonly Argument[] {
    const { key, group, consumer } = this;
    const options = forget ? ['COUNT', count, 'BLOCK', block, 'NOACK'] : ['COUNT', count, 'BLOCK', block];
    return ['XREADGROUP', 'GROUP', group, consumer, ...options, 'STREAMS', key, '>'];
  }

  async send([name, ...args]: readonly Argument[]): Promise<unknown> {
    const client = await this.connection.command();
    return client.callBuffer(String(name), ...args);
  }

  /** The note that the handlers of all entries that this consumer has read, up to this one, have been started. */
  progressCommand(id: string): readonly Argument[] {
    return ['HSET', this.keys.started, this.consumer, id];
  }

  /** Up to which entry the handlers of what this consumer has read had been started. */
  async startedUpTo(): Promise<string | undefined> {
    const client = await this.connection.command();
    return (await client.hget(this.keys.started, this.consumer)) ?? undefined;
  }

  /** The note that the handlers of entries are started, for the `attempt`th time. */
  startCommand(ids: readonly string[], attempt: number): readonly Argument[] {
    const { key, group, consumer } = this;
    return ['XCLAIM', key, group, consumer, 0, ...ids, 'RETRYCOUNT', attempt + 1, 'JUSTID'];
  }

  /**
   * Sends a command now, and waits for nothing: what is written reaches Redis, though this process dies (but see
   * docs/architecture.md).
   */
  sendNow([name, ...args]: readonly Argument[]): void {
    // Whatever is wrong, the next read or heartbeat meets it, too.
    this.connection
      .commandNow()
      ?.call(String(name), args)
      .catch(() => undefined);
    this.connection.flushCommands();
  }

  /** What Redis thinks that we hold, after an id. */
  async ownAfter(id: string | undefined, count: number): Promise<PendingRow[]> {
    const client = await this.connection.command();
    const start = id === undefined ? '-' : `(${id}`;
    const rows = await client.xpending(this.key, this.group, start, '+', count, this.consumer);
    return (rows as RawRow[]).map(([own, , , deliveries]) => ({ id: own, deliveries }));
  }

  /** Takes the consumer off the group where it holds nothing. */
  async leave(): Promise<void> {
    await this.run(LEAVE, [this.keys.started], []);
  }

  /** The command of a script whose first key is the stream and whose first arguments are group and consumer. */
  command(
    script: Script,
    keys: readonly string[],
    args: readonly Argument[],
    by: 'hash' | 'whole' = 'hash',
  ): readonly Argument[] {
    return script.words(by, [this.key, ...keys], [this.group, this.consumer, ...args]);
  }

  /** Runs such a script on a connection that is not blocked: in order with what is read there. */
  async runOver(
    client: BlockingClient,
    script: Script,
    keys: readonly string[],
    args: readonly Argument[],
  ): Promise<unknown> {
    try {
      return await client.request(0, () => this.command(script, keys, args));
    } catch (error) {
      if (replyCode(error) !== 'NOSCRIPT') throw error;
      return this.run(script, keys, args);
    }
  }

  /** Runs such a script. */
  async run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    const client = await this.connection.command();
    return script.run(client, [this.key, ...keys], [this.group, this.consumer, ...args]);
  }
}
