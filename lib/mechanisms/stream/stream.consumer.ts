import { type BlockingClient, replyCode } from '../../connection/index.js';
import { decodeStreamEntry } from '../../message/index.js';
import type { ResolvedStreamOptions } from '../../options/index.js';
import { LeasedConsumer } from '../leased.consumer.js';
import type { ConsumerRequest } from '../mechanism.interface.js';
import { StopReading } from '../loop-health.js';
import { HeldEntries } from './held-entries.js';
import { type Entry, StreamGroup } from './stream.group.js';
import { StreamRecovery } from './stream.recovery.js';
import { HEARTBEAT, LEAVE } from './stream.scripts.js';
import { StreamSettler } from './stream.settler.js';

/** Redis' answer where the group, or its stream, is not there. UNBLOCKED may be a failover as well: what is asked next tells. */
const GROUP_MISSING = 'NOGROUP';

/** Reads a stream as one consumer of a group, with one handler behind it. */
export class StreamConsumer extends LeasedConsumer<ResolvedStreamOptions> {
  private readonly held = new HeldEntries();
  private readonly group: StreamGroup;
  private readonly settler: StreamSettler;
  private readonly recovery: StreamRecovery;
  private hasJoined = false;

  constructor(request: ConsumerRequest<ResolvedStreamOptions>) {
    const { target, options, connection, consumer } = request;
    super(request, `stream "${target}" in group "${options.group}"`);
    const { label, sweepEvery, held, logger } = this;
    const { lease } = options;
    const deadLetters = connection.keys.deadLetters(target);
    const begin = (entry: Entry, attempt: number): void => this.handle(entry, attempt);
    this.group = new StreamGroup(connection, connection.keys.of(target), options.group, consumer);
    this.settler = new StreamSettler(this.group, held, { lease, deadLetters }, connection, logger);
    this.recovery = new StreamRecovery(this.group, held, { label, lease, sweepEvery }, connection, begin, logger);
  }

  async prepare(failure: unknown): Promise<void> {
    if (!this.hasJoined) {
      await this.group.create(this.request.options.from);
      this.recovery.lastRead = await this.group.highestPending();
      this.hasJoined = true;
      return;
    }
    if (replyCode(failure) === GROUP_MISSING) await this.restoreGroup(failure);
    await this.recovery.reconcile();
  }

  sweep(free: number): Promise<number> {
    return this.recovery.sweep(free);
  }

  async read(free: number, block: number, client: BlockingClient): Promise<void> {
    const entries = await client.read(block, (redis, time) => this.group.read(redis, free, time));
    this.recovery.lastRead = entries.at(-1)?.id ?? this.recovery.lastRead;
    for (const entry of entries) this.handle(entry, 1);
  }

  protected async heartbeat(): Promise<void> {
    const { key, group, consumer } = this.group;
    const ids = this.held.runningIds;
    if (ids.length > 0) {
      const client = await this.request.connection.command();
      const lost = (await HEARTBEAT.run(client, [key], [group, consumer, ...ids])) as Buffer[];
      for (const id of lost) this.held.lose(id.toString(), new Error('the message was taken over by another consumer'));
    }
    const now = Date.now();
    const waiting = this.held.dueAfter(now + this.request.options.lease / 3);
    for (const [id, { due, attempts }] of waiting) await this.settler.park(id, due - now, attempts);
  }

  protected abandon(reason: Error): void {
    this.settler.isAbandoned = true;
    this.held.loseAll(reason);
  }

  protected async leave(): Promise<void> {
    const { key, group, consumer } = this.group;
    if (this.hasJoined) await LEAVE.run(await this.request.connection.command(), [key], [group, consumer]);
  }

  private handle(entry: Entry, attempt: number): void {
    const { id } = entry;
    const { target: key, options, consumer, codec } = this.request;
    this.begin({
      message: {
        id,
        timestamp: Number.parseInt(id, 10),
        source: { mechanism: 'stream', key, group: options.group, consumer },
        attempt,
        decode: () => decodeStreamEntry(entry.fields, codec),
      },
      hold: (abort) => this.held.begin(id, abort),
      settle: (delivery, settlement) => this.settler.settle(entry, delivery, settlement),
    });
  }

  private async restoreGroup(failure: unknown): Promise<void> {
    const { onGroupMissing, group } = this.request.options;
    const why = (failure as Error).message;
    if (onGroupMissing === 'fail') {
      throw new StopReading(`the group "${group}" is missing and onGroupMissing is 'fail' (${why})`);
    }
    await this.group.create(onGroupMissing === 'recreate' ? '0' : '$');
    // The new stream's ids may be lower than the old one's.
    this.recovery.lastRead = undefined;
  }
}
