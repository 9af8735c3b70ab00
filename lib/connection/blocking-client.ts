import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisOptions } from 'ioredis';
import { ConnectionLostError } from '../errors/index.js';
import type { RedisClient } from './client-inside.js';
import { destroyClient } from './create-client.js';
import { introduce } from './introduce.js';
import type { Argument, Link, Request } from './link.js';
import { openLink } from './open-link.js';
import { GRACE, ReadWatch } from './read-watch.js';
import type { Entry } from './stream-entries.js';

/** A Cluster client cannot be woken by its id, so its reads are kept short, in ms. */
const LONGEST_CLUSTER_BLOCK = 500;
/** The longest that a new connection waits until Redis has ended the one before it, in ms. */
const FORGET_WITHIN = 1_000;
const WAKE_TRIES = 50;
const WAKE_PAUSE = 10;

/** Makes a command that waits in Redis, for at most `block` ms. */
export type BlockingCommand = (block: number) => readonly Argument[];

interface Live {
  readonly link: Link;
  /** Its id for CLIENT UNBLOCK; undefined for a Cluster. */
  readonly id: number | undefined;
}

/** A blocking command, and what goes out in the same write. */
interface Asked {
  readonly command: BlockingCommand;
  readonly reads: boolean;
  readonly before: readonly Request[];
}

/**
 * The connection of one reading loop. Its blocking commands stand under a watchdog. A connection that ends or does not
 * answer in time is thrown away; the next command makes a new one.
 */
export class BlockingClient {
  private readonly watch: ReadWatch;
  private live: Live | undefined;
  private opening: Promise<Live> | undefined;
  private connecting: RedisClient | undefined;
  /** How many blocking commands are not answered yet. */
  private unanswered = 0;
  private isClosed = false;
  private forgetting: Promise<unknown> | undefined;

  constructor(
    private readonly label: string,
    private readonly create: () => RedisClient,
    private readonly unblock: (id: number) => Promise<unknown>,
    /** Ends the connection of an id and a name in Redis. */
    private readonly dismiss: (id: number, name: string) => Promise<unknown>,
    /** Called when the watchdog has given a connection up. */
    onSilent: () => void,
  ) {
    this.watch = new ReadWatch(onSilent);
  }

  /** Connects where it has to. */
  async open(): Promise<void> {
    if (this.live === undefined) await this.opened();
  }

  /**
   * Reads one stream with XREAD or XREADGROUP. What is to be sent `before` goes out in the same write; each of it is
   * `done` exactly once, with the error where the connection was lost or not made. With an open connection all of it is
   * on its way when this returns.
   *
   * @throws ConnectionLostError, or what Redis answered.
   */
  async readEntries(block: number, read: BlockingCommand, before: readonly Request[] = []): Promise<Entry[]> {
    return (await this.ask(block, { command: read, reads: true, before })) as Entry[];
  }

  /** Sends any other command. @throws ConnectionLostError, or what Redis answered. */
  request(block: number, command: BlockingCommand): Promise<unknown> {
    return this.ask(block, { command, reads: false, before: [] });
  }

  /** Makes reads that are blocked return at once, as if their time were over. What Redis has just handed out still arrives. */
  async wake(): Promise<void> {
    let blocked = this.unanswered;
    // The read may be on its way to Redis while this is asked, so it is asked until it works.
    for (let tries = 0; tries < WAKE_TRIES && Math.min(blocked, this.unanswered) > 0; tries += 1) {
      const { live } = this;
      if (live !== undefined && live.id === undefined) return;
      const woken = live?.id === undefined ? 0 : await this.unblock(live.id).catch(() => 1);
      if (woken === 1) blocked -= 1;
      else await sleep(WAKE_PAUSE);
    }
  }

  /** The next command goes over a new connection: this one leads to a server that has become the wrong one. */
  renew(): void {
    const { live } = this;
    // Its id is another client's where the commands go to.
    this.live = undefined;
    live?.link.destroy('it leads to the wrong server');
  }

  close(): void {
    this.isClosed = true;
    this.live?.link.destroy('it was closed');
    if (this.connecting !== undefined) destroyClient(this.connecting);
  }

  private async ask(block: number, asked: Asked): Promise<unknown> {
    this.unanswered += 1;
    try {
      return await this.send(this.live ?? (await this.openedFor(asked)), block, asked);
    } finally {
      this.unanswered -= 1;
    }
  }

  private send({ link, id }: Live, block: number, { command, reads, before }: Asked): Promise<unknown> {
    const time = id === undefined ? Math.min(block, LONGEST_CLUSTER_BLOCK) : block;
    return new Promise((resolve, reject) => {
      const ended = this.watch.sent(link, time);
      const done = (error: unknown, reply: unknown): void => {
        ended();
        if (error === undefined) resolve(reply);
        else reject(error as Error);
      };
      link.send([...before, { args: command(time), reads, done }]);
    });
  }

  private async openedFor({ before }: Asked): Promise<Live> {
    try {
      return await this.opened();
    } catch (error) {
      for (const { done } of before) done(error, undefined);
      throw error;
    }
  }

  private opened(): Promise<Live> {
    this.opening ??= this.connect().finally(() => (this.opening = undefined));
    return this.opening;
  }

  private async connect(): Promise<Live> {
    await this.forgetting;
    if (this.isClosed) throw new ConnectionLostError(this.label, 'it was closed');
    const client = this.create();
    this.connecting = client;
    try {
      const id = await introduce(client, this.label, GRACE);
      if (this.isClosed) throw new ConnectionLostError(this.label, 'it was closed meanwhile');
      return (this.live = { link: this.link(client), id });
    } catch (cause) {
      destroyClient(client);
      throw cause;
    } finally {
      this.connecting = undefined;
    }
  }

  private link(client: RedisClient): Link {
    const link = openLink(client, {
      label: this.label,
      lost: () => {
        if (this.live?.link !== link) return;
        const { id } = this.live;
        this.live = undefined;
        if (id !== undefined && !this.isClosed) this.forget(id, (client.options as RedisOptions).connectionName);
      },
    });
    return link;
  }

  /** Redis may not know that the connection is lost, and would hand out messages to it that nobody gets. */
  private forget(id: number, name = ''): void {
    const forgotten = this.dismiss(id, name).catch(() => undefined);
    this.forgetting = Promise.race([forgotten, sleep(FORGET_WITHIN, undefined, { ref: false })]);
  }
}
