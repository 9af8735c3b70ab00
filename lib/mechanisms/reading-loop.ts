import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { type BlockingClient, type RedisConnection, reconnectDelay, replyCode } from '../connection/index.js';
import { errorText } from '../errors/index.js';
import type { ConsumerStatus } from './mechanism.interface.js';
import type { Slots } from './slots.js';
import { startedOrAway } from './started-or-away.js';

/** The longest that one read waits for a message, in ms. */
const BLOCK = 5_000;
/** The same for the first read after a failure, so that health soon knows that it is over, in ms. */
const PROBE_BLOCK = 500;

/** The longest that a timer of Node can wait, in ms. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** What a mechanism does in each turn of its loop. What any of them throws is backed off from and tried again. */
export interface Reader {
  /** For people: `stream "orders" in group "payments"`. */
  readonly label: string;
  /** Makes ready to read. `failure` is what ended the last turn; undefined the first time. Throw `StopReading` to give up. */
  prepare(failure: unknown): Promise<void>;
  /** Takes up what is due or was left behind, at most `free` messages. Resolves with the ms after which to do so again. */
  sweep(free: number): Promise<number>;
  /** Waits up to `block` ms for new messages, at most `free`. */
  read(free: number, block: number, client: BlockingClient): Promise<void>;
}

/** The policy says that reading must not go on. */
export class StopReading extends Error {}

/**
 * Reads as many messages as there are free slots, for ever: sweeping what is due, then waiting for what is new. A
 * failing Redis is met with growing pauses, one log line per change, and a health that says why.
 */
export class ReadingLoop {
  private readonly logger = new Logger('RedisFlowConsumer');
  private readonly client: BlockingClient;
  private readonly pause = new AbortController();
  private readonly timers = new Set<NodeJS.Timeout>();
  private isStopping = false;
  private failure: unknown = undefined;
  private failures = 0;
  private logged: string | undefined;
  private nextSweep = 0;
  private loop: Promise<void> | undefined;
  private onStarted: () => void = () => undefined;
  private isReading = false;

  constructor(
    private readonly reader: Reader,
    private readonly slots: Slots,
    private readonly connection: RedisConnection,
  ) {
    this.client = connection.openBlocking(reader.label);
  }

  get stopping(): boolean {
    return this.isStopping;
  }

  async start(): Promise<void> {
    if (this.loop !== undefined || this.isStopping) return;
    const started = new Promise<void>((resolve) => (this.onStarted = resolve));
    this.loop = this.run();
    await startedOrAway(started, this.connection);
  }

  /** Sweeps again after `delay` ms at the latest, also when that means to interrupt a waiting read. */
  sweepIn(delay: number): void {
    const timer = setTimeout(
      () => {
        this.timers.delete(timer);
        this.nextSweep = 0;
        void this.client.wake();
      },
      Math.min(delay, LONGEST_TIMER),
    );
    this.timers.add(timer);
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.pause.abort();
    this.slots.wakeAll();
    await this.client.wake();
    // A turn that cannot reach Redis ends by itself later, and whatever it still takes is handed back.
    if (this.connection.state.isUp) await this.loop;
  }

  close(): void {
    this.connection.releaseBlocking(this.client);
  }

  status(owner: string): ConsumerStatus {
    const base = { label: `${this.reader.label} (${owner})`, running: this.slots.running };
    if (this.failure !== undefined) return { ...base, alive: false, reason: this.reasonOf(this.failure) };
    if (this.isStopping) return { ...base, alive: false, reason: 'stopped' };
    return this.isReading ? { ...base, alive: true } : { ...base, alive: false, reason: 'not started' };
  }

  private async run(): Promise<void> {
    let isReady = false;
    while (!this.isStopping) {
      try {
        if (!isReady) await this.reader.prepare(this.failure);
        isReady = true;
        await this.turn();
      } catch (error) {
        isReady = false;
        if (!(await this.recover(error))) return;
      }
    }
  }

  private async turn(): Promise<void> {
    await this.slots.whenFree();
    if (this.isStopping) return;
    // Before what there is to do is looked at, so that a wake in between is seen.
    await this.client.open();
    if (Date.now() >= this.nextSweep) await this.sweep();
    const { free } = this.slots;
    // What a read was refused for is over when a read works, whatever else Redis does as it is asked.
    const isProbe = this.failure !== undefined && free > 0;
    if (!isProbe) this.reached();
    if (free === 0 || this.isStopping) return;
    const longest = isProbe ? PROBE_BLOCK : BLOCK;
    const block = Math.max(1, Math.ceil(Math.min(longest, this.nextSweep - Date.now())));
    await this.reader.read(free, block, this.client);
    if (isProbe) this.reached();
  }

  private async sweep(): Promise<void> {
    this.nextSweep = Infinity;
    const wait = await this.reader.sweep(this.slots.free);
    // A retry may have become due meanwhile.
    this.nextSweep = Math.min(this.nextSweep, Date.now() + wait);
  }

  /** Redis was reached and did as it was asked: whatever was wrong is over. */
  private reached(): void {
    this.isReading = true;
    this.failure = undefined;
    this.failures = 0;
    if (this.logged !== undefined) this.logger.log(`${this.reader.label}: reads again`);
    this.logged = undefined;
    this.onStarted();
  }

  /** Resolves with false when the loop is to end. */
  private async recover(error: unknown): Promise<boolean> {
    if (this.isStopping) return false;
    this.failure = error;
    this.nextSweep = 0;
    this.log(error);
    this.onStarted();
    if (error instanceof StopReading) return false;
    this.failures += 1;
    await sleep(reconnectDelay(this.failures), undefined, { signal: this.pause.signal }).catch(() => undefined);
    return true;
  }

  /** A lost connection is the connection's to log; what Redis refuses is logged here, once until it changes. */
  private log(error: unknown): void {
    const isStop = error instanceof StopReading;
    if (replyCode(error) === undefined && !isStop) return;
    const text = (error as Error).message;
    if (text === this.logged) return;
    this.logged = text;
    if (isStop) this.logger.error(`${this.reader.label}: ${text}; reading has stopped`);
    else this.logger.warn(`${this.reader.label}: ${text}; trying again`);
  }

  /** What the connection knows of its end says more than what a command met. */
  private reasonOf(failure: unknown): string {
    const { state } = this.connection;
    return replyCode(failure) === undefined && !state.isUp ? state.reason : errorText(failure);
  }
}
