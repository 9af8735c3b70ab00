import { Logger } from '@nestjs/common';
import { type BlockingClient, replyCode } from '../../connection/index.js';
import { type Delivery, LazyAbort } from '../../delivery/index.js';
import { decodeStreamEntry } from '../../message/index.js';
import type { ResolvedStreamOptions } from '../../options/index.js';
import type { ConsumerRequest, ConsumerStatus, MechanismConsumer } from '../mechanism.interface.js';
import { type Reader, ReadingLoop, StopReading } from '../reading-loop.js';
import { Slots } from '../slots.js';
import { HeldEntries } from './held-entries.js';
import { type Entry, StreamGroup, toEntries } from './stream.group.js';
import { HEARTBEAT, LEAVE, TAKE_UP } from './stream.scripts.js';
import { StreamSettler } from './stream.settler.js';

/** How often entries that others left behind are looked for, in ms; more often where the lease is short. */
const CLAIM_EVERY = 5_000;
/** The most own entries that are compared after a failure in one go. */
const RECONCILE_COUNT = 1_000;
/** Redis' answers to a read that mean that the group, or its stream, is not there. */
const GROUP_MISSING = ['NOGROUP', 'UNBLOCKED'];

/** Reads a stream as one consumer of a group, with one handler behind it. */
export class StreamConsumer implements MechanismConsumer, Reader {
  readonly label: string;
  private readonly logger = new Logger('RedisFlowConsumer');
  private readonly slots: Slots;
  private readonly held = new HeldEntries();
  private readonly group: StreamGroup;
  private readonly settler: StreamSettler;
  private readonly loop: ReadingLoop;
  private heartbeats: NodeJS.Timeout | undefined;
  private hasJoined = false;
  /** The highest id that was ever handed to us: what we own above it was in a reply that got lost. */
  private lastRead: string | undefined;
  private nextClaim = 0;

  constructor(private readonly request: ConsumerRequest<ResolvedStreamOptions>) {
    const { target, options, connection, consumer } = request;
    const { keys } = connection;
    this.label = `stream "${target}" in group "${options.group}"`;
    this.slots = new Slots(options.concurrency);
    this.group = new StreamGroup(connection, keys.of(target), options.group, consumer);
    const settling = { lease: options.lease, deadLetters: keys.deadLetters(target) };
    this.settler = new StreamSettler(this.group, this.held, settling, connection, this.logger);
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
    const isIdle = await this.slots.whenIdle(timeout);
    this.settler.isAbandoned = true;
    clearInterval(this.heartbeats);
    this.held.loseAll(new Error('the application is shutting down'));
    this.loop.close();
    if (isIdle && this.hasJoined && this.request.connection.state.isUp) await this.leave().catch(() => undefined);
  }

  status(): ConsumerStatus {
    return this.loop.status(this.request.owner);
  }

  async prepare(failure: unknown): Promise<void> {
    if (!this.hasJoined) {
      await this.group.create(this.request.options.from);
      this.lastRead = await this.group.highestPending();
      this.hasJoined = true;
      return;
    }
    if (GROUP_MISSING.includes(replyCode(failure) ?? '')) await this.restoreGroup(failure);
    await this.reconcile();
  }

  async sweep(free: number): Promise<number> {
    const left = free - (await this.takeUpDue(free));
    if (left > 0 && Date.now() >= this.nextClaim) {
      const hasMore = await this.claim(left);
      this.nextClaim = hasMore ? 0 : Date.now() + Math.min(CLAIM_EVERY, this.request.options.lease / 2);
    }
    return Math.max(1, Math.min(this.nextClaim, this.held.nextDue) - Date.now());
  }

  async read(free: number, block: number, client: BlockingClient): Promise<void> {
    const { key, group, consumer } = this.group;
    const reply = await client.read(block, (redis, time) =>
      redis.xreadgroupBuffer('GROUP', group, consumer, 'COUNT', free, 'BLOCK', time, 'STREAMS', key, '>'),
    );
    const entries = toEntries((reply as [Buffer, unknown][] | null)?.[0]?.[1]);
    this.lastRead = entries.at(-1)?.id ?? this.lastRead;
    for (const entry of entries) this.begin(entry, 1);
  }

  /** Starts the handler, or hands the entry back when the application has begun to stop meanwhile. */
  private begin(entry: Entry, attempt: number): void {
    const { id } = entry;
    const { request, held } = this;
    const { target: key, options, consumer } = request;
    const abort = new LazyAbort();
    const delivery: Delivery = {
      id,
      timestamp: Number.parseInt(id, 10),
      source: { mechanism: 'stream', key, group: options.group, consumer },
      attempt,
      abort,
      decode: () => decodeStreamEntry(entry.fields, request.codec),
      settle: async (settlement) => {
        const due = await this.settler.settle(entry, delivery, settlement);
        if (due !== undefined) this.loop.sweepIn(due);
      },
    };
    held.begin(id, abort);
    const { stopping } = this.loop;
    this.slots.run(() => (stopping ? delivery.settle({ type: 'release' }) : request.deliver(delivery)));
  }

  /** Takes up own entries whose retry is due. @returns how many it started. */
  private async takeUpDue(free: number): Promise<number> {
    const client = await this.request.connection.command();
    const { key, group, consumer } = this.group;
    let started = 0;
    for (const [id, { attempts }] of this.held.due(Date.now(), free)) {
      const [entry] = toEntries(await TAKE_UP.run(client, [key], [group, consumer, id, attempts + 1]));
      this.held.unpark(id);
      if (entry === undefined) await this.reportIfTrimmed(id);
      else this.begin(entry, attempts + 1);
      started += entry === undefined ? 0 : 1;
    }
    return started;
  }

  /** Takes over entries without a sign of life. @returns whether there may be more of them. */
  private async claim(free: number): Promise<boolean> {
    const { lease } = this.request.options;
    const count = free + this.held.runningIds.length;
    const idle = await this.group.idleFor(lease, count);
    const rows = idle.filter(({ id }) => !this.held.isRunning(id)).slice(0, free);
    for (const { id, deliveries } of rows) {
      const [entry] = await this.group.claim(id, lease, deliveries + 1);
      this.held.unpark(id);
      if (entry === undefined) await this.reportIfTrimmed(id);
      else this.begin(entry, deliveries + 1);
    }
    return idle.length === count;
  }

  /** Finds what Redis handed to us in a reply that never arrived. Its handler was not started, so no attempt is charged. */
  private async reconcile(): Promise<void> {
    const rows = await this.group.ownAbove(this.lastRead, RECONCILE_COUNT);
    for (const { id, deliveries } of rows) {
      if (!this.held.has(id)) this.held.park(id, { due: Date.now(), attempts: deliveries - 1 });
      this.lastRead = id;
    }
  }

  private async restoreGroup(failure: unknown): Promise<void> {
    const { onGroupMissing, group } = this.request.options;
    const why = (failure as Error).message;
    if (onGroupMissing === 'fail')
      throw new StopReading(`the group "${group}" is missing and onGroupMissing is 'fail' (${why})`);
    await this.group.create(onGroupMissing === 'recreate' ? '0' : '$');
  }

  private async reportIfTrimmed(id: string): Promise<void> {
    if (await this.group.exists(id)) return;
    this.logger.error(`${this.label}: entry ${id} was trimmed or deleted while it was pending; its message is lost`);
  }

  private async heartbeat(): Promise<void> {
    const { key, group, consumer } = this.group;
    const ids = this.held.runningIds;
    if (ids.length > 0) {
      const client = await this.request.connection.command();
      const lost = (await HEARTBEAT.run(client, [key], [group, consumer, ...ids])) as Buffer[];
      for (const id of lost) this.held.lose(id.toString(), new Error('the message was taken over by another consumer'));
    }
    const { lease } = this.request.options;
    const now = Date.now();
    for (const [id, { due, attempts }] of this.held.dueAfter(now + lease / 3))
      await this.settler.park(id, due - now, attempts);
  }

  private async leave(): Promise<void> {
    const { key, group, consumer } = this.group;
    await LEAVE.run(await this.request.connection.command(), [key], [group, consumer]);
  }
}
