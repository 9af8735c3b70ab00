import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from 'ioredis';
import { ConnectionLostError, errorText } from '../errors/index.js';
import { type RedisClient, destroyClient } from './create-client.js';
import { replyCode } from './redis-errors.js';

/** How much longer than its block time a read may take before its connection is given up, in ms. */
const GRACE = 3_000;
/** A Cluster client cannot be woken by its id, so its reads are kept short, in ms. */
const LONGEST_CLUSTER_BLOCK = 500;
const WAKE_TRIES = 50;
const WAKE_PAUSE = 10;

interface Live {
  readonly client: RedisClient;
  /** Its id for CLIENT UNBLOCK; undefined for a Cluster. */
  readonly id: number | undefined;
}

/**
 * The connection of one reading loop. It runs one blocking command at a time under a watchdog. A connection that ends,
 * fails or does not answer in time is thrown away; the next read makes a new one.
 */
export class BlockingClient {
  private live: Live | undefined;
  /** Ends the read that is under way. */
  private fail: ((error: Error) => void) | undefined;
  private opening: RedisClient | undefined;
  private isClosed = false;

  constructor(
    private readonly label: string,
    private readonly create: () => RedisClient,
    private readonly unblock: (id: number) => Promise<unknown>,
  ) {}

  /** Connects where it has to. A read of an open client is on its way at once. */
  async open(): Promise<Live> {
    this.live ??= await this.connect();
    return this.live;
  }

  /** @throws ConnectionLostError, or what Redis answered. */
  async read<T>(block: number, command: (client: RedisClient, block: number) => Promise<T>): Promise<T> {
    const live = await this.open();
    const time = live.id === undefined ? Math.min(block, LONGEST_CLUSTER_BLOCK) : block;
    try {
      return await this.answerOf(command(live.client, time), time + GRACE);
    } catch (error) {
      if (replyCode(error) === undefined) this.discard(live);
      throw error;
    }
  }

  /** Makes a read that is blocked return at once, as if its time were over. What Redis has just handed out still arrives. */
  async wake(): Promise<void> {
    // The read may be on its way to Redis while this is asked, so it is asked until it works.
    for (let tries = 0; tries < WAKE_TRIES && this.fail !== undefined && this.live?.id !== undefined; tries += 1) {
      const woken = await this.unblock(this.live.id).catch(() => 1);
      if (woken === 1) return;
      await sleep(WAKE_PAUSE);
    }
  }

  close(): void {
    this.isClosed = true;
    if (this.live !== undefined) this.discard(this.live);
    if (this.opening !== undefined) destroyClient(this.opening);
  }

  /** Rejects when the connection ends or the time is over: ioredis may leave the command without any answer. */
  private answerOf<T>(answer: Promise<T>, within: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const late = (): void => fail(new ConnectionLostError(this.label, `no answer within ${within} ms`));
      const timer = setTimeout(late, within);
      const end = (): void => {
        clearTimeout(timer);
        // A late answer must not disarm the next read.
        if (this.fail === fail) this.fail = undefined;
      };
      const fail = (error: Error): void => {
        end();
        reject(error);
      };
      // A promise that lives as long as the connection would keep every answer that was raced against it.
      this.fail = fail;
      answer.finally(end).then(resolve, reject);
    });
  }

  private discard(live: Live): void {
    if (this.live === live) this.live = undefined;
    destroyClient(live.client);
  }

  private async connect(): Promise<Live> {
    const client = this.create();
    this.opening = client;
    let lastError: unknown;
    client.on('error', (error) => (lastError = error));
    const ended = new Promise<never>((_, reject) => {
      client.once('close', () => {
        const error = new ConnectionLostError(this.label, errorText(lastError ?? 'closed'), { cause: lastError });
        reject(error);
        if (this.live?.client === client) this.fail?.(error);
      });
    });
    ended.catch(() => undefined);
    try {
      const id = await Promise.race([this.introduce(client), ended, this.tooLate()]);
      if (this.isClosed) throw new ConnectionLostError(this.label, 'it was closed meanwhile');
      return { client, id };
    } catch (cause) {
      destroyClient(client);
      throw cause;
    } finally {
      this.opening = undefined;
    }
  }

  private async introduce(client: RedisClient): Promise<number | undefined> {
    if (client.status === 'wait') await client.connect();
    if (client instanceof Cluster) return undefined;
    return client.client('ID');
  }

  private async tooLate(): Promise<never> {
    await sleep(GRACE, undefined, { ref: false });
    throw new ConnectionLostError(this.label, `not connected within ${GRACE} ms`);
  }
}
