import type { BlockingClient } from '../../connection/index.js';
import { LeaseLostError } from '../../errors/index.js';
import type { Source } from '../../message/index.js';
import type { ResolvedQueueOptions, Settlement } from '../../options/index.js';
import { LeasedConsumer } from '../held/leased.consumer.js';
import { itemsOf } from '../held/unit.js';
import type { ConsumerRequest } from '../mechanism.interface.js';
import type { KeyTypes } from '../wrong-type.js';
import { toJob } from './job.js';
import { QueueDelivery, type QueueHome } from './queue-delivery.js';
import { type QueueParts, createParts } from './queue.parts.js';

/** Takes jobs from a list into a list of its own, with one handler behind it. */
export class QueueConsumer extends LeasedConsumer<ResolvedQueueOptions, QueueDelivery> implements QueueHome {
  readonly source: Source;
  private readonly parts: QueueParts;
  private hasJoined = false;
  /** Set by each heartbeat: the next read looks for strays first. */
  private isLookDue = false;
  private stopped: Promise<void> | undefined;
  private readonly unstarted: QueueDelivery[] = [];

  constructor(request: ConsumerRequest<ResolvedQueueOptions>) {
    const { target: key, consumer } = request;
    super(request, `queue "${key}"`);
    this.source = Object.freeze({ mechanism: 'queue' as const, key, consumer });
    this.parts = createParts(request, {
      label: this.label,
      logger: this.logger,
      clock: this.clock,
      alarm: this.alarm,
      isAbandoned: () => this.isAbandoned,
      pump: () => this.dispatcher.pump(),
      setDegraded: (reason) => this.setDegraded(reason),
      inDoubt: (count) => this.dispatcher.room.keepElsewhere(count),
    });
    request.connection.state.onChange(() => this.parts.progress.reconnected());
  }

  get codec() {
    return this.request.codec;
  }

  async prepare(): Promise<void> {
    const { custody, membership, dueTimes } = this.parts;
    if (!this.hasJoined) {
      await this.name.take();
      await membership.join();
      this.hasJoined = true;
    } else await this.name.keep();
    await custody.reconcile();
    await this.takeUp();
    dueTimes.listen();
  }

  async read(count: number, block: number, client: BlockingClient): Promise<readonly QueueDelivery[]> {
    const { reads, progress, custody, membership, admission } = this.parts;
    if (this.isLookDue) {
      this.isLookDue = false;
      await custody.lookForStrays();
      // Nobody would wake what is sent now.
      if (this.loop.stopping) return [];
    }
    this.dispatcher.noteNext();
    progress.flush();
    const { losses } = membership;
    const items = await reads.read(count, block, client);
    progress.expectRead(reads.mayHaveMore);
    if (losses !== membership.losses && !this.isForgetful) {
      // What of it is still in our lists is put back before the next read.
      this.isLookDue = true;
      return [];
    }
    const takenAt = Date.now();
    const deliveries = items.map((item) => new QueueDelivery(this, toJob(item, takenAt), this.isForgetful));
    admission.hold(deliveries);
    return admission.asks ? admission.begin(deliveries) : deliveries;
  }

  noteStarts(items: readonly QueueDelivery[]): boolean {
    return this.parts.starts.note(items);
  }

  settle(delivery: QueueDelivery, settlement: Settlement): Promise<void> | undefined {
    const { ending, suspects } = this.parts;
    if (delivery.hasCrashed) suspects.ended(delivery);
    const holds = settlement.type === 'retry' && settlement.hold === true;
    if (!holds || this.loop.stopping || delivery.isLost) return ending.settle(delivery, settlement);
    return ending.hold(delivery).then(() => {
      // What was lost meanwhile ends when it is started.
      this.dispatcher.hold(delivery, settlement.delay);
    });
  }

  async extend(delivery: QueueDelivery): Promise<void> {
    if (delivery.isOurs) await this.parts.custody.keep();
    if (delivery.isLost) throw new LeaseLostError(delivery.id);
  }

  override stop(): Promise<void> {
    this.parts.dueTimes.stop();
    return (this.stopped ??= super.stop());
  }

  protected override get keyTypes(): KeyTypes {
    const { taken, processing, keys } = this.parts.lists;
    const { queue, consumers, delayed, progress } = keys;
    const lists = { [queue]: 'list', [taken]: 'list', [processing]: 'list' } as const;
    return { ...lists, [consumers]: 'zset', [delayed]: 'zset', [progress]: 'hash' };
  }

  protected acknowledgeFirst(items: readonly QueueDelivery[]): Promise<void> {
    return this.parts.settler.acknowledgeFirst(items);
  }

  /** All at once, with what the last read still brings: so they keep their order at the front of the queue. */
  protected async handBack(items: readonly QueueDelivery[]): Promise<void> {
    this.unstarted.push(...items);
    await Promise.resolve();
    await this.stopped;
    await this.parts.ending.handBack(this.unstarted.splice(0));
  }

  protected async tend(): Promise<void> {
    this.isLookDue = !this.isForgetful;
    // Where the order is ours to keep, it would be lost elsewhere.
    const { orderBy, retry } = this.request.options;
    if (orderBy === undefined && !('hold' in retry && retry.hold)) this.dispatcher.letGo(itemsOf);
    await this.takeUp();
    this.dispatcher.pump();
  }

  protected async takeUp(): Promise<void> {
    if (this.hasJoined) await this.parts.custody.tend(!this.loop.stopping);
  }

  protected flush(timeout: number): Promise<void> {
    return this.parts.progress.whenFlushed(timeout);
  }

  protected loseAll(): void {
    for (const delivery of this.parts.holdings.all) if (delivery.isOurs) this.parts.custody.lose(delivery);
  }

  protected abandon(reason: Error): void {
    for (const delivery of this.parts.holdings.all) delivery.lose(reason);
  }

  protected async leave(): Promise<void> {
    if (this.hasJoined) await this.parts.membership.leave();
  }
}
