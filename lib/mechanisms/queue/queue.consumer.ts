import type { BlockingClient } from '../../connection/index.js';
import type { Source } from '../../message/index.js';
import type { ResolvedQueueOptions, Settlement } from '../../options/index.js';
import { LeasedConsumer } from '../held/leased.consumer.js';
import { placeInOrder } from '../held/place-in-order.js';
import type { ConsumerRequest } from '../mechanism.interface.js';
import { HeldJobs } from './held-jobs.js';
import { type Job, toJob } from './job.js';
import { QueueDelivery, type QueueHome } from './queue-delivery.js';
import { type QueueKeys, queueKeys } from './queue-keys.js';
import { QueueMembership } from './queue.membership.js';
import { PROMOTE } from './queue.scripts.js';
import { QueueSettler } from './queue.settler.js';

/** The most delayed jobs that one call moves. */
const PROMOTE_COUNT = 100;

/** Takes jobs from a list into a list of its own, with one handler behind it. */
export class QueueConsumer extends LeasedConsumer<ResolvedQueueOptions, QueueDelivery> implements QueueHome {
  readonly source: Source;
  private readonly held = new HeldJobs();
  private readonly keys: QueueKeys;
  private readonly processing: string;
  private readonly settler: QueueSettler;
  private readonly membership: QueueMembership;
  private hasJoined = false;

  constructor(request: ConsumerRequest<ResolvedQueueOptions>) {
    const { target, options, connection, consumer } = request;
    super(request, `queue "${target}"`);
    this.source = Object.freeze({ mechanism: 'queue' as const, key: target, consumer });
    this.keys = queueKeys(connection.keys, target);
    this.processing = this.keys.processing(consumer);
    this.settler = new QueueSettler(this.keys, consumer, options.order, this.held, connection, this.logger);
    this.membership = new QueueMembership(this.keys, consumer, options, connection, this.logger);
  }

  get codec() {
    return this.request.codec;
  }

  async prepare(): Promise<void> {
    if (!this.hasJoined) {
      await this.takeName();
      await this.membership.join();
    }
    this.hasJoined = true;
    await this.keepLease();
    await this.reconcile();
    this.alarm.in(0);
  }

  async read(_count: number, block: number, client: BlockingClient): Promise<readonly QueueDelivery[]> {
    const end = this.request.options.order === 'fifo' ? 'RIGHT' : 'LEFT';
    const raw = await client.request(block, (time) => {
      return ['BLMOVE', this.keys.queue, this.processing, end, 'LEFT', time / 1_000];
    });
    return Buffer.isBuffer(raw) ? [this.hold(toJob(raw))] : [];
  }

  noteStarts(items: readonly QueueDelivery[]): boolean {
    for (const item of items) item.attempt += 1;
    return true;
  }

  async settle(delivery: QueueDelivery, settlement: Settlement): Promise<void> {
    if (settlement.type === 'retry' && settlement.hold === true && !this.loop.stopping)
      return this.dispatcher.hold(delivery, settlement.delay);
    const due = await this.settler.settle(delivery.job, delivery, settlement);
    if (due !== undefined) this.alarm.in(due);
  }

  extend(): Promise<void> {
    return this.keepLease();
  }

  /** A job's attempt counts from when it was taken. */
  protected override get readsAhead(): boolean {
    return false;
  }

  protected async handBack(items: readonly QueueDelivery[]): Promise<void> {
    const release = (item: QueueDelivery) => {
      item.attempt += 1;
      return this.settler.settle(item.job, item, { type: 'release' });
    };
    await Promise.all(items.map(release));
  }

  protected async tend(): Promise<void> {
    if (!this.hasJoined) return;
    await this.keepLease();
    if (!this.loop.stopping) await this.takeUp();
  }

  /** Moves what is due back to the queue: the read that waits there gets it. */
  protected async takeUp(): Promise<void> {
    if (!this.hasJoined) return;
    const client = await this.request.connection.command();
    const args = [this.request.options.order, PROMOTE_COUNT];
    const next = Number(await PROMOTE.run(client, [this.keys.delayed, this.keys.queue], args));
    await this.membership.recoverExpired();
    if (next >= 0 && next < this.request.options.lease) this.alarm.in(next);
  }

  protected flush(): Promise<void> {
    return Promise.resolve();
  }

  protected abandon(reason: Error): void {
    this.settler.isAbandoned = true;
    this.held.loseAll(reason);
  }

  protected async leave(): Promise<void> {
    if (this.hasJoined) await this.membership.leave();
  }

  /** Where the lease had run out, others may have put our jobs back: what is still in our list is still ours. */
  private async keepLease(): Promise<void> {
    if (await this.membership.renew()) return;
    await this.membership.rejoin();
    this.held.loseMissing(await this.taken(), new Error('the job was taken over: its lease had run out'));
  }

  private hold(job: Job): QueueDelivery {
    const delivery = new QueueDelivery(this, job);
    placeInOrder(delivery, this.request.options.orderBy);
    this.held.begin(job, delivery.abort);
    return delivery;
  }

  /** Finds what Redis moved to us in a reply that never arrived. */
  private async reconcile(): Promise<void> {
    const orphans = this.held.unknown(await this.taken()).map((raw) => this.hold(toJob(raw)));
    this.dispatcher.add(orphans);
    this.dispatcher.pump();
  }

  private async taken(): Promise<Buffer[]> {
    const client = await this.request.connection.command();
    return client.lrangeBuffer(this.processing, 0, -1);
  }
}
