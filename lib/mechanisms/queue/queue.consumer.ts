import type { BlockingClient } from '../../connection/index.js';
import { decodeQueueItem } from '../../message/index.js';
import type { ResolvedQueueOptions } from '../../options/index.js';
import { LeasedConsumer } from '../leased.consumer.js';
import type { ConsumerRequest } from '../mechanism.interface.js';
import { HeldJobs } from './held-jobs.js';
import { type Job, toJob } from './job.js';
import { type QueueKeys, queueKeys } from './queue-keys.js';
import { QueueMembership } from './queue.membership.js';
import { PROMOTE } from './queue.scripts.js';
import { QueueSettler } from './queue.settler.js';

/** The most delayed jobs that one call moves. */
const PROMOTE_COUNT = 100;

/** Takes jobs from a list into a list of its own, with one handler behind it. */
export class QueueConsumer extends LeasedConsumer<ResolvedQueueOptions> {
  private readonly held = new HeldJobs();
  private readonly keys: QueueKeys;
  private readonly processing: string;
  private readonly settler: QueueSettler;
  private readonly membership: QueueMembership;
  /** Jobs that Redis gave us in a reply that got lost. */
  private orphans: Job[] = [];
  private hasJoined = false;

  constructor(request: ConsumerRequest<ResolvedQueueOptions>) {
    const { target, options, connection, consumer } = request;
    super(request, `queue "${target}"`);
    this.keys = queueKeys(connection.keys, target);
    this.processing = this.keys.processing(consumer);
    this.settler = new QueueSettler(this.keys, consumer, options.order, this.held, connection, this.logger);
    this.membership = new QueueMembership(this.keys, consumer, options, connection, this.logger);
  }

  async prepare(): Promise<void> {
    if (!this.hasJoined) await this.membership.join();
    this.hasJoined = true;
    await this.heartbeat();
    await this.reconcile();
  }

  async sweep(free: number): Promise<number> {
    for (const job of this.orphans.splice(0, free)) this.handle(job);
    const client = await this.request.connection.command();
    const args = [this.request.options.order, PROMOTE_COUNT];
    const next = Number(await PROMOTE.run(client, [this.keys.delayed, this.keys.queue], args));
    await this.membership.recoverExpired();
    if (this.orphans.length > 0) return 0;
    return next < 0 ? this.sweepEvery : Math.min(this.sweepEvery, next);
  }

  async read(_free: number, block: number, client: BlockingClient): Promise<void> {
    const end = this.request.options.order === 'fifo' ? 'RIGHT' : 'LEFT';
    const raw = await client.read(block, (redis, time) =>
      redis.callBuffer('BLMOVE', this.keys.queue, this.processing, end, 'LEFT', time / 1_000),
    );
    if (Buffer.isBuffer(raw)) this.handle(toJob(raw));
  }

  /** Where the lease had run out, others may have put our jobs back: what is still in our list is still ours. */
  protected async heartbeat(): Promise<void> {
    if (!this.hasJoined || (await this.membership.renew())) return;
    await this.membership.rejoin();
    this.held.loseMissing(await this.taken(), new Error('the job was taken over: its lease had run out'));
  }

  protected abandon(reason: Error): void {
    this.settler.isAbandoned = true;
    this.held.loseAll(reason);
  }

  protected async leave(): Promise<void> {
    if (this.hasJoined) await this.membership.leave();
  }

  private handle(job: Job): void {
    const { target: key, consumer, codec } = this.request;
    const { id, item } = job;
    this.begin({
      message: {
        id,
        timestamp: item.timestamp ?? job.takenAt,
        source: { mechanism: 'queue', key, consumer },
        attempt: item.attempts + 1,
        decode: () => decodeQueueItem(item, codec),
      },
      hold: (abort) => this.held.begin(job, abort),
      settle: (delivery, settlement) => this.settler.settle(job, delivery, settlement),
    });
  }

  /** Finds what Redis moved to us in a reply that never arrived. */
  private async reconcile(): Promise<void> {
    this.orphans = this.held.unknown(await this.taken()).map(toJob);
    if (this.orphans.length > 0) this.loop.sweepIn(0);
  }

  private async taken(): Promise<Buffer[]> {
    const client = await this.request.connection.command();
    return client.lrangeBuffer(this.processing, 0, -1);
  }
}
