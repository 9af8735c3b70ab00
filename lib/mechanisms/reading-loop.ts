import { setTimeout as sleep } from 'node:timers/promises';
import type { BlockingClient, RedisConnection } from '../connection/index.js';
import { LoopHealth, StopReading } from './loop-health.js';
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

/**
 * Reads as many messages as there are free slots, for ever: sweeping what is due, then waiting for what is new. A
 * failing Redis is met with growing pauses, one log line per change, and a health that says why.
 */
export class ReadingLoop {
  private readonly health: LoopHealth;
  private readonly client: BlockingClient;
  private readonly pause = new AbortController();
  private readonly timers = new Set<NodeJS.Timeout>();
  private isStopping = false;
  private nextSweep = 0;
  private loop: Promise<void> | undefined;
  private onStarted: () => void = () => undefined;

  constructor(
    private readonly reader: Reader,
    private readonly slots: Slots,
    private readonly connection: RedisConnection,
  ) {
    this.client = connection.openBlocking(reader.label);
    this.health = new LoopHealth(reader.label, connection);
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
    return this.health.status(owner, this.slots.running, this.isStopping);
  }

  private async run(): Promise<void> {
    let isReady = false;
    while (!this.isStopping) {
      try {
        if (!isReady) await this.reader.prepare(this.health.failure);
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
    const isProbe = this.health.failure !== undefined && free > 0;
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

  private reached(): void {
    this.health.reached();
    this.onStarted();
  }

  /** Resolves with false when the loop is to end. */
  private async recover(error: unknown): Promise<boolean> {
    if (this.isStopping) return false;
    const pause = this.health.failed(error);
    this.nextSweep = 0;
    this.onStarted();
    if (error instanceof StopReading) return false;
    await sleep(pause, undefined, { signal: this.pause.signal }).catch(() => undefined);
    return true;
  }
}
