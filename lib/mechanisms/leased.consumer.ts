import { Logger } from '@nestjs/common';
import type { BlockingClient } from '../connection/index.js';
import { type Delivery, LazyAbort } from '../delivery/index.js';
import type { ResolvedQueueOptions, ResolvedStreamOptions } from '../options/index.js';
import { RELEASE, type Settlement } from '../policies/index.js';
import type { ConsumerRequest, ConsumerStatus, MechanismConsumer } from './mechanism.interface.js';
import { type Reader, ReadingLoop } from './reading-loop.js';
import { Slots } from './slots.js';

/** How often what others left behind is looked for, in ms; more often where the lease is short. */
const SWEEP_EVERY = 5_000;

/** A message that was taken, and how to keep and settle it. */
export interface Handling {
  readonly message: Omit<Delivery, 'abort' | 'settle'>;
  /** Notes that the message is ours, before anything can settle it. */
  readonly hold: (abort: LazyAbort) => void;
  /** Makes its fate durable; resolves with the ms after which it is due again, or undefined. */
  readonly settle: (delivery: Delivery, settlement: Settlement) => Promise<number | undefined>;
}

/**
 * A consumer whose messages stay in Redis until they are settled, and belong to it while its lease lasts: what streams
 * and queues have in common.
 */
export abstract class LeasedConsumer<O extends ResolvedStreamOptions | ResolvedQueueOptions>
  implements MechanismConsumer, Reader
{
  protected readonly logger = new Logger('RedisFlowConsumer');
  protected readonly sweepEvery: number;
  protected readonly loop: ReadingLoop;
  private readonly slots: Slots;
  private heartbeats: NodeJS.Timeout | undefined;

  constructor(
    protected readonly request: ConsumerRequest<O>,
    readonly label: string,
  ) {
    const { options, connection } = request;
    this.sweepEvery = Math.min(SWEEP_EVERY, options.lease / 2);
    this.slots = new Slots(options.concurrency);
    this.loop = new ReadingLoop(this, this.slots, connection);
  }

  abstract prepare(failure: unknown): Promise<void>;
  abstract sweep(free: number): Promise<number>;
  abstract read(free: number, block: number, client: BlockingClient): Promise<void>;

  /** Renews the lease. Called every third of it; what it throws is the next read's to find out. */
  protected abstract heartbeat(): Promise<void>;
  /** Tells running handlers, and settles nothing any more: what is not settled stays pending. */
  protected abstract abandon(reason: Error): void;
  /** Takes the consumer off Redis' books where it holds nothing. */
  protected abstract leave(): Promise<void>;

  async start(): Promise<void> {
    this.heartbeats ??= setInterval(() => void this.heartbeat().catch(() => undefined), this.request.options.lease / 3);
    await this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  async drain(timeout: number): Promise<void> {
    await this.slots.whenIdle(timeout);
    this.abandon(new Error('the application is shutting down'));
    clearInterval(this.heartbeats);
    this.loop.close();
    if (this.request.connection.state.isUp) await this.leave().catch(() => undefined);
  }

  status(): ConsumerStatus {
    return this.loop.status(this.request.owner);
  }

  /** Hands a message to its handler, or back to Redis where the application has begun to stop meanwhile. */
  protected begin({ message, hold, settle }: Handling): void {
    const delivery: Delivery = {
      ...message,
      abort: new LazyAbort(),
      settle: async (settlement) => {
        const due = await settle(delivery, settlement);
        if (due !== undefined) this.loop.sweepIn(due);
      },
    };
    hold(delivery.abort);
    const { stopping } = this.loop;
    this.slots.run(() => (stopping ? delivery.settle(RELEASE) : this.request.deliver(delivery)));
  }
}
