import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { BlockingClient } from '../../connection/index.js';
import { type Delivery, LazyAbort } from '../../delivery/index.js';
import { decodeQueueItem } from '../../message/index.js';
import type { ResolvedQueueOptions } from '../../options/index.js';
import type { ConsumerRequest, ConsumerStatus, MechanismConsumer } from '../mechanism.interface.js';
import { type Reader, ReadingLoop } from '../reading-loop.js';
import { Slots } from '../slots.js';
import { HeldJobs } from './held-jobs.js';
import { type Job, toJob } from './job.js';
import { type QueueKeys, queueKeys } from './queue-keys.js';
import { EXPIRED, LEAVE, PROMOTE, RECOVER, RENEW } from './queue.scripts.js';
import { QueueSettler } from './queue.settler.js';

/** How often delayed jobs and dead consumers are looked for, in ms; more often where the lease is short. */
const SWEEP_EVERY = 5_000;
const PROMOTE_COUNT = 100;
const RECOVER_COUNT = 100;

/** Takes jobs from a list into a list of its own, with one handler behind it. */
export class QueueConsumer implements MechanismConsumer, Reader {
  readonly label: string;
  private readonly logger = new Logger('RedisFlowConsumer');
  private readonly slots: Slots;
  private readonly held = new HeldJobs();
  private readonly keys: QueueKeys;
  private readonly processing: string;
  private readonly settler: QueueSettler;
  private readonly loop: ReadingLoop;
  private heartbeats: NodeJS.Timeout | undefined;
  /** Jobs that Redis gave us in a reply that got lost. */
  private orphans: Job[] = [];
  private hasJoined = false;

  constructor(private readonly request: ConsumerRequest<ResolvedQueueOptions>) {
    const { target, options, connection, consumer } = request;
    this.label = `queue "${target}"`;
    this.slots = new Slots(options.concurrency);
    this.keys = queueKeys(connection.keys, target);
    this.processing = this.keys.processing(consumer);
    this.settler = new QueueSettler(this.keys, consumer, options.order, this.held, connection, this.logger);
    this.loop = new ReadingLoop(this, this.slots, connection);
  }

  async start(): Promise<void> {
    this.heartbeats ??= setInterval(() => void this.heartbeat().catch(() => undefined), this.request.options.lease / 3);
    await this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  async drain(timeout: number): Promise<void> {
    await this.slots.whenIdle(timeout);
    this.settler.isAbandoned = true;
    clearInterval(this.heartbeats);
    this.held.loseAll(new Error('the application is shutting down'));
    this.loop.close();
    if (this.hasJoined && this.request.connection.state.isUp) await this.leave().catch(() => undefined);
  }

  status(): ConsumerStatus {
    return this.loop.status(this.request.owner);
  }

  async prepare(): Promise<void> {
    if (!this.hasJoined) {
      // Whoever had this name before us is gone: what it left is handed out again, with its attempts counted.
      await this.renew(true, 0);
      await this.rejoin();
      this.hasJoined = true;
    }
    await this.heartbeat();
    await this.reconcile();
  }

  async sweep(free: number): Promise<number> {
    for (const job of this.orphans.splice(0, free)) this.begin(job);
    const client = await this.request.connection.command();
    const { order, lease } = this.request.options;
    const next = Number(await PROMOTE.run(client, [this.keys.delayed, this.keys.queue], [order, PROMOTE_COUNT]));
    for (const name of (await EXPIRED.run(client, [this.keys.consumers], [])) as Buffer[])
      await this.recover(name.toString());
    const every = Math.min(SWEEP_EVERY, lease / 2);
    if (this.orphans.length > 0) return 0;
    return next < 0 ? every : Math.min(every, next);
  }

  async read(_free: number, block: number, client: BlockingClient): Promise<void> {
    const end = this.request.options.order === 'fifo' ? 'RIGHT' : 'LEFT';
    const raw = await client.read(block, (redis, time) =>
      redis.callBuffer('BLMOVE', this.keys.queue, this.processing, end, 'LEFT', time / 1_000),
    );
    if (Buffer.isBuffer(raw)) this.begin(toJob(raw));
  }

  /** Starts the handler, or hands the job back when the application has begun to stop meanwhile. */
  private begin(job: Job): void {
    const { request, held } = this;
    const { target: key, consumer } = request;
    const { id, item } = job;
    const abort = new LazyAbort();
    const delivery: Delivery = {
      id,
      timestamp: item.timestamp ?? job.takenAt,
      source: { mechanism: 'queue', key, consumer },
      attempt: item.attempts + 1,
      abort,
      decode: () => decodeQueueItem(item, request.codec),
      settle: async (settlement) => {
        const due = await this.settler.settle(job, delivery, settlement);
        if (due !== undefined) this.loop.sweepIn(due);
      },
    };
    held.begin(job, abort);
    const { stopping } = this.loop;
    this.slots.run(() => (stopping ? delivery.settle({ type: 'release' }) : request.deliver(delivery)));
  }

  /** Finds what Redis moved to us in a reply that never arrived. */
  private async reconcile(): Promise<void> {
    const client = await this.request.connection.command();
    const items = await client.lrangeBuffer(this.processing, 0, -1);
    this.orphans = this.held.unknown(items).map(toJob);
    if (this.orphans.length > 0) this.loop.sweepIn(0);
  }

  /** Puts back what a consumer without a lease had taken. Whoever notices does it, once. */
  private async recover(consumer: string): Promise<void> {
    const client = await this.request.connection.command();
    const { consumers, queue } = this.keys;
    const keys = [consumers, this.keys.processing(consumer), queue];
    const ids = () => Array.from({ length: RECOVER_COUNT }, () => randomUUID());
    let moved = RECOVER_COUNT;
    let total = 0;
    while (moved === RECOVER_COUNT) {
      moved = Number(await RECOVER.run(client, keys, [this.request.options.order, consumer, ...ids()]));
      total += moved;
    }
    if (total > 0)
      this.logger.warn(`${this.label}: ${total} jobs of ${consumer}, which is gone, are back in the queue`);
  }

  private async renew(isJoining: boolean, lease = this.request.options.lease): Promise<boolean> {
    const client = await this.request.connection.command();
    const args = [this.request.consumer, lease, isJoining ? 1 : 0];
    return (await RENEW.run(client, [this.keys.consumers], args)) === 1;
  }

  private async rejoin(): Promise<void> {
    await this.recover(this.request.consumer);
    await this.renew(true);
  }

  /** Without a lease, what we hold belongs to whoever notices: the handlers are told, and we join anew. */
  private async heartbeat(): Promise<void> {
    if (!this.hasJoined || (await this.renew(false))) return;
    this.held.loseAll(new Error('the job was taken over: its lease had run out'));
    await this.rejoin();
  }

  private async leave(): Promise<void> {
    const client = await this.request.connection.command();
    await LEAVE.run(client, [this.keys.consumers, this.processing], [this.request.consumer]);
  }
}
