import { type BlockingClient, replyCode } from '../../connection/index.js';
import { LeaseLostError } from '../../errors/index.js';
import type { Source } from '../../message/index.js';
import type { ResolvedStreamOptions, Settlement } from '../../options/index.js';
import { LeasedConsumer } from '../held/leased.consumer.js';
import type { ConsumerRequest } from '../mechanism.interface.js';
import { RedisTransaction } from '../redis-transaction.js';
import { restartOf, startOf } from './group-start.js';
import { Arrivals } from './arrivals.js';
import type { StreamDelivery, StreamHome } from './stream-delivery.js';
import { type StreamParts, createParts } from './stream.parts.js';

/** Reads a stream as one consumer of a group, with one handler behind it. */
export class StreamConsumer extends LeasedConsumer<ResolvedStreamOptions, StreamDelivery> implements StreamHome {
  readonly source: Source;
  private readonly parts: StreamParts;
  private readonly arrivals: Arrivals;
  private hasJoined = false;

  constructor(request: ConsumerRequest<ResolvedStreamOptions>) {
    const { target: key, options, consumer } = request;
    super(request, `stream "${key}" in group "${options.group}"`);
    this.source = Object.freeze({ mechanism: 'stream' as const, key, group: options.group, consumer });
    this.parts = createParts(request, {
      label: this.label,
      logger: this.logger,
      clock: this.clock,
      isAbandoned: () => this.isAbandoned,
      isStopping: () => this.loop.stopping,
      free: () => (this.loop.stopping ? 0 : this.dispatcher.room.free),
      pump: () => this.dispatcher.pump(),
      hold: (delivery, delay) => this.dispatcher.hold(delivery, delay),
      dueIn: (ms) => this.alarm.in(ms),
      take: (claimed, since) => this.arrivals.claim(claimed, since),
      setDegraded: (reason) => this.setDegraded(reason),
      inDoubt: (count) => {
        this.dispatcher.room.keepElsewhere(count);
        if (this.dispatcher.room.free > 0) this.placeIsFree();
      },
    });
    const { group, admission } = this.parts;
    this.arrivals = new Arrivals(this, group, admission, this.dispatcher, this.isForgetful);
  }

  get codec() {
    return this.request.codec;
  }

  async prepare(failure: unknown): Promise<void> {
    const { group, claims } = this.parts;
    if (replyCode(failure) === 'NOGROUP' && this.hasJoined) await this.restoreGroup(failure);
    if (!this.hasJoined) {
      await this.name.take();
      await group.create(await startOf(this.request.connection, this.request.target, this.request.options));
      await claims.reconcile(true);
      this.hasJoined = true;
    } else {
      await this.name.keep();
      await claims.reconcile(false);
    }
    // What is older than all that will be read comes before it.
    await this.takeUp();
  }

  async read(count: number, block: number, client: BlockingClient): Promise<readonly StreamDelivery[]> {
    const { group, acks, claims, losses, starts } = this.parts;
    this.arrivals.throwRefusal();
    if (claims.isInDoubt) await this.prepare(undefined);
    const since = this.clock.now();
    const command = (time: number) => group.readCommand(count, time, this.isForgetful);
    const noted = starts.takeForRead(() => this.dispatcher.noteNext());
    const entries = await client.readEntries(block, command, [
      ...acks.takeForRead(),
      ...noted,
      ...losses.takeForRead(since),
    ]);
    const mayHaveMore = entries.length === count;
    acks.expectRead(mayHaveMore);
    losses.noteRead(mayHaveMore, this.clock.now());
    return this.arrivals.read(entries, since, client);
  }

  noteStarts(items: readonly StreamDelivery[]): boolean {
    return this.parts.starts.note(items);
  }

  settle(delivery: StreamDelivery, settlement: Settlement): Promise<void> | undefined {
    const { claims, ending } = this.parts;
    if (delivery.hasCrashed) claims.suspectEnded();
    const settled = ending.settle(delivery, settlement);
    if (settled !== undefined) return settled.finally(() => this.placeIsFree());
    this.placeIsFree();
    return undefined;
  }

  async extend(delivery: StreamDelivery): Promise<void> {
    if (delivery.hasLease) await this.parts.leases.renewSome([delivery]);
    if (delivery.isLost) throw new LeaseLostError(delivery.id);
  }

  openTransaction(): RedisTransaction | undefined {
    const { timing } = this.request.policy.ack;
    return timing === 'before' || timing === 'none' ? undefined : new RedisTransaction(this.request);
  }

  protected acknowledgeFirst(items: readonly StreamDelivery[]): Promise<void> {
    return this.parts.settler.acknowledgeFirst(items);
  }

  protected handBack(items: readonly StreamDelivery[]): Promise<void> {
    return this.parts.ending.handBack(items);
  }

  protected async tend(): Promise<void> {
    if (!this.hasJoined) return;
    await this.parts.leases.renew();
    this.dispatcher.pump();
    if (!this.loop.stopping) await this.parts.housekeeping.look();
  }

  protected async takeUp(): Promise<void> {
    if (this.loop.stopping || !this.hasJoined) return;
    const { claims } = this.parts;
    try {
      const next = await claims.claim();
      if (next !== undefined) this.alarm.in(next);
    } finally {
      this.dispatcher.room.reserve(claims.needsPlace);
    }
  }

  protected flush(timeout: number): Promise<void> {
    return this.parts.ending.flush(timeout);
  }

  protected loseAll(): void {
    for (const { hasLease, id } of this.parts.holdings.all) if (hasLease) this.parts.onLost(id);
  }

  protected abandon(reason: Error): void {
    this.parts.losses.end();
    for (const delivery of this.parts.holdings.all) delivery.lose(reason);
  }

  protected async leave(): Promise<void> {
    if (this.hasJoined) await this.parts.group.leave();
  }

  /** What is due may wait for it. */
  private placeIsFree(): void {
    if (this.parts.claims.mayHaveMore) this.alarm.in(0);
  }

  private async restoreGroup(failure: unknown): Promise<void> {
    const { group, tellGroupMissing } = this.parts;
    const { onGroupMissing } = this.request.options;
    tellGroupMissing(onGroupMissing === 'fail' ? undefined : restartOf(this.request.options, failure));
    await group.create(restartOf(this.request.options, failure));
  }
}
