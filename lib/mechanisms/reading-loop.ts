import { setTimeout as sleep } from 'node:timers/promises';
import { type BlockingClient, type RedisConnection, isStaleConnection } from '../connection/index.js';
import { LoopHealth, RefuseToStart, StopReading } from './loop-health.js';
import type { ConsumerStatus } from './mechanism.interface.js';
import { startedOrAway } from './started-or-away.js';

/** The longest that one read waits for a message, in ms. */
const BLOCK = 5_000;
/** The same for the first read after a failure, so that health soon knows that it is over, in ms. */
const PROBE_BLOCK = 500;

/** What a mechanism does to read. What any of it throws is backed off from and tried again. */
export interface Reader<T> {
  /** For people: `stream "orders" in group "payments"`. */
  readonly label: string;
  /** The longest block time that suits the mechanism, in ms. */
  readonly longestBlock?: number;
  /** Makes ready to read. `failure` is what ended the last turn; undefined the first time. Throw `StopReading` to give up. */
  prepare(failure: unknown): Promise<void>;
  /** Says more about a failure than Redis did, where it can. */
  explain?(failure: unknown): Promise<unknown>;
  /** Asks for new messages, at most `count`, and waits up to `block` ms for the first. */
  read(count: number, block: number, client: BlockingClient): Promise<readonly T[]>;
}

/** Where what was read goes to. */
export interface Intake<T> {
  /** How many more messages it takes, and when there may be more. */
  readonly room: { readonly toRead: number; whenChanged(): Promise<void> };
  add(items: readonly T[]): void;
  /** Starts what has been added. */
  pump(): void;
}

/**
 * Reads for ever, as much as there is room for, with the next read under way while handlers run. A failing Redis is met
 * with growing pauses, one log line per change, and a health that says why.
 */
export class ReadingLoop<T> {
  private readonly health: LoopHealth;
  private readonly client: BlockingClient;
  private readonly block: number;
  private readonly pause = new AbortController();
  private isStopping = false;
  private isOver = false;
  private loop: Promise<void> | undefined;
  private onStarted: () => void = () => undefined;

  constructor(
    private readonly reader: Reader<T>,
    private readonly intake: Intake<T>,
    private readonly connection: RedisConnection,
  ) {
    this.client = connection.openBlocking(reader.label);
    this.health = new LoopHealth(reader.label, connection);
    this.block = Math.max(1, Math.floor(Math.min(BLOCK, reader.longestBlock ?? BLOCK)));
  }

  /** Whether nothing that it has asked of Redis can still be carried out. */
  get hasEnded(): boolean {
    return this.loop === undefined || this.isOver;
  }

  get stopping(): boolean {
    return this.isStopping;
  }

  async start(): Promise<void> {
    if (this.loop !== undefined || this.isStopping) return;
    const started = new Promise<void>((resolve) => (this.onStarted = resolve));
    this.loop = this.run().finally(() => this.ended());
    await startedOrAway(started, this.connection);
    const { failure } = this.health;
    if (failure instanceof RefuseToStart) throw failure.cause;
  }

  async stop(): Promise<void> {
    await this.end();
    // A turn that cannot reach Redis ends by itself later, and whatever it still takes is handed back.
    if (this.connection.state.isUp) await this.loop;
  }

  /** Reads no more, and says why. */
  async halt(reason: StopReading): Promise<void> {
    if (this.isStopping) return;
    this.health.failed(reason);
    await this.end();
  }

  close(): void {
    this.connection.releaseBlocking(this.client);
  }

  status(owner: string, running: number): ConsumerStatus {
    return this.health.status(owner, running, this.isStopping);
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      try {
        // First: Redis then hands out nothing more to the connection before this one.
        await this.client.open();
        await this.reader.prepare(this.health.failure);
        await this.readOn();
      } catch (error) {
        if (!(await this.recover(error))) return;
      }
    }
  }

  private async end(): Promise<void> {
    this.isStopping = true;
    this.pause.abort();
    await this.client.wake();
  }

  /** A start that waits for it waits no longer. */
  private ended(): void {
    this.isOver = true;
    this.onStarted();
  }

  /** Reads until something fails, or until the stop. */
  private async readOn(): Promise<void> {
    let block = this.block;
    // What a read was refused for is over when a read works, whatever else Redis does as it is asked. Without room there
    // is none to try.
    if (this.health.failure !== undefined && this.intake.room.toRead > 0) block = Math.min(block, PROBE_BLOCK);
    else {
      this.health.reconnected();
      this.onStarted();
    }
    let reading: Promise<readonly T[]> | undefined;
    while (!this.isStopping || reading !== undefined) {
      const items = await (reading ?? this.readWhenRoom(block));
      if (items === undefined) return;
      this.reached();
      block = this.block;
      this.intake.add(items);
      // On its way before the handlers of what has come are started.
      const room = this.intake.room.toRead;
      reading = room > 0 && !this.isStopping ? this.reader.read(room, block, this.client) : undefined;
      reading?.catch(() => undefined);
      this.intake.pump();
    }
  }

  /** Resolves with undefined at the stop. */
  private async readWhenRoom(block: number): Promise<readonly T[] | undefined> {
    let room = this.intake.room.toRead;
    while (room === 0 && !this.isStopping) {
      await this.intake.room.whenChanged();
      room = this.intake.room.toRead;
    }
    return this.isStopping ? undefined : this.reader.read(room, block, this.client);
  }

  private reached(): void {
    this.health.reached();
    this.onStarted();
  }

  /** Resolves with false when the loop is to end. */
  private async recover(failure: unknown): Promise<boolean> {
    if (this.isStopping) return false;
    const error = (await this.reader.explain?.(failure).catch(() => failure)) ?? failure;
    const pause = this.health.failed(error);
    if (isStaleConnection(error)) this.client.renew();
    this.onStarted();
    if (error instanceof StopReading) return false;
    await sleep(pause, undefined, { signal: this.pause.signal }).catch(() => undefined);
    return true;
  }
}
