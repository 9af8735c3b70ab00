import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { ConnectionNotReadyError } from '../errors/index.js';
import { Keys } from '../message/index.js';
import type { ConnectionRole, ResolvedModuleOptions } from '../options/index.js';
import { BlockingClient } from './blocking-client.js';
import { ConnectionState } from './connection-state.js';
import { type RedisClient, dropLink } from './client-inside.js';
import { createClient, destroyClient, isClusterConnection } from './create-client.js';
import { dismissClient } from './dismiss-client.js';
import { inTime } from './patience.js';
import { keepToDatabase } from './wrong-database.js';
import { watchAnswers } from './answer-watch.js';
import { Subscriber, type SubscriberEvents } from './subscriber.js';
import { WriteGathering } from './write-gathering.js';

/** How long a command waits for Redis to be there before it fails, in ms. */
const READY_WITHIN = 5_000;

/** How long Redis has to answer a PING when another connection has fallen silent, in ms. */
const PROBE_WITHIN = 1_000;

/** How long Redis has to answer what was asked before the end, in ms. */
const QUIT_WITHIN = 1_000;

/**
 * Owns every client of one named connection: one for commands, one for subscriptions, and one for each reading loop.
 * Nothing connects before it is needed.
 */
export class RedisConnection {
  readonly name: string;
  readonly keys: Keys;
  readonly state: ConnectionState;
  private readonly logger = new Logger('RedisFlowConnection');
  private readonly blocking = new Set<BlockingClient>();
  private readonly endings: (() => void)[] = [];
  private ownCommandClient: RedisClient | undefined;
  private writes: WriteGathering | undefined;
  private readonly subscribers = new Set<Subscriber>();
  private isClosed = false;

  constructor(private readonly options: ResolvedModuleOptions) {
    this.name = options.name;
    this.state = new ConnectionState(options.name, this.logger);
    const clustered = isClusterConnection(options.connection, () => this.commandClient);
    this.keys = new Keys(options.keyPrefix, clustered);
  }

  /** The client for commands, whether it is connected or not. */
  get commandClient(): RedisClient {
    if (this.ownCommandClient === undefined) {
      this.ownCommandClient = this.create('command');
      this.state.follow(this.ownCommandClient);
      this.endings.push(watchAnswers(this.ownCommandClient));
      this.writes = new WriteGathering(this.ownCommandClient);
    }
    return this.ownCommandClient;
  }

  /** Begins to connect. Redis need not be there: it is tried again until it is. */
  connect(): void {
    // An application that is closed while it starts goes on with its start afterwards.
    if (this.isClosed) return;
    const client = this.commandClient;
    if (client.status === 'wait') client.connect().catch(() => undefined);
  }

  /**
   * The client for commands, once it is ready. Ask for it before each command: what is sent in the same turn of the event
   * loop then goes out in one write.
   *
   * @throws ConnectionNotReadyError after five seconds without Redis, or when the connection has been closed.
   */
  async command(): Promise<RedisClient> {
    if (this.isClosed) throw this.notReady('is closed, as its application is', 'Publish before app.close().');
    const client = this.commandClient;
    if (client.status !== 'ready') {
      this.connect();
      if (!(await this.state.whenUp(READY_WITHIN))) {
        const why = `was not ready within ${READY_WITHIN} ms (${this.state.reason})`;
        throw this.notReady(why, 'Check that Redis runs and that the connection option points at it.');
      }
    }
    this.writes?.begin();
    return client;
  }

  /** The same, at once, or undefined where Redis is not there. */
  commandNow(): RedisClient | undefined {
    const client = this.commandClient;
    if (this.isClosed || client.status !== 'ready') return undefined;
    this.writes?.begin();
    return client;
  }

  /** Commands that were sent in this turn go out now, and not at its end. */
  flushCommands(): void {
    this.writes?.flush();
  }

  /** A client for subscriptions: there is to be one for each connection. */
  openSubscriber(events: SubscriberEvents): Subscriber {
    const subscriber = new Subscriber(this.create('subscriber'), events);
    this.subscribers.add(subscriber);
    return subscriber;
  }

  /** A disposable connection for one reading loop. `label` names it in CLIENT LIST and in errors. */
  openBlocking(label: string): BlockingClient {
    const client = new BlockingClient(
      label,
      () => this.create('blocking', label),
      async (id) => (await this.command()).client('UNBLOCK', id),
      (id, own) => dismissClient(() => this.command(), id, own),
      () => void this.probe(),
    );
    this.blocking.add(client);
    return client;
  }

  releaseBlocking(client: BlockingClient): void {
    client.close();
    this.blocking.delete(client);
  }

  /** Resolves when Redis answers a PING. @throws when it does not within `timeout` ms. */
  async ping(timeout: number): Promise<void> {
    this.connect();
    if (!(await this.state.whenUp(timeout))) throw new Error(this.state.reason);
    await inTime(this.commandClient.ping(), timeout, () => new Error(`no answer to PING within ${timeout} ms`));
  }

  /** Ends every client. What was asked of Redis before has been answered or is rejected. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.state.closing();
    for (const end of this.endings) end();
    for (const client of this.blocking) client.close();
    for (const subscriber of this.subscribers) subscriber.close();
    const client = this.ownCommandClient;
    if (client === undefined) return;
    const goodbye = client.status === 'ready' ? client.quit().catch(() => undefined) : undefined;
    await Promise.race([goodbye, sleep(QUIT_WITHIN, undefined, { ref: false })]);
    destroyClient(client);
  }

  private notReady(why: string, next: string): ConnectionNotReadyError {
    return new ConnectionNotReadyError(this.name, why, next, { cause: this.state.error });
  }

  /** Another connection has fallen silent: what goes over this one need not wait as long to learn the same. */
  private async probe(): Promise<void> {
    const client = this.commandClient;
    if (client.status !== 'ready') return;
    const answer = client.ping().catch(() => undefined);
    await inTime(answer, PROBE_WITHIN, () => new Error('silent')).catch(() => dropLink(client));
  }

  private create(role: ConnectionRole, detail: string = role): RedisClient {
    const client = createClient(this.options.connection, role, `${this.options.consumer}:${this.name}:${detail}`);
    keepToDatabase(client);
    return client;
  }
}
