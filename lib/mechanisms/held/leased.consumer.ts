import { Logger } from '@nestjs/common';
import type { BlockingClient } from '../../connection/index.js';
import type { ResolvedQueueOptions, ResolvedStreamOptions } from '../../options/index.js';
import type { ConsumerRequest, ConsumerStatus, MechanismConsumer } from '../mechanism.interface.js';
import { type KeyTypes, explainWrongType } from '../wrong-type.js';
import type { StopReading } from '../loop-health.js';
import { type Reader, ReadingLoop } from '../reading-loop.js';
import { Alarm } from './alarm.js';
import { ConsumerName } from './consumer-name.js';
import { createLine } from './create-line.js';
import { Dispatcher, type Work } from './dispatcher.js';
import { HandingBack } from './handing-back.js';
import { Heartbeat } from './heartbeat.js';
import type { Held } from './held.interface.js';
import { LeaseClock } from './lease-clock.js';
import { type Unit, itemsOf } from './unit.js';

/** What was taken over while it waited is another consumer's to handle. */
const oursOf = <T extends Held>(items: readonly T[]): T[] => items.filter(({ isLost }) => !isLost);

/**
 * A consumer whose messages stay in Redis until they are settled, and belong to it while its lease lasts: what streams
 * and queues have in common. It reads as much as fits, starts what waits in its order, and tends what it holds.
 */
export abstract class LeasedConsumer<O extends ResolvedStreamOptions | ResolvedQueueOptions, T extends Held>
  implements MechanismConsumer, Reader<T>, Work<T, Unit<T>>
{
  protected readonly logger = new Logger('RedisFlowConsumer');
  protected readonly clock = new LeaseClock();
  protected readonly dispatcher: Dispatcher<T, Unit<T>>;
  protected readonly loop: ReadingLoop<T>;
  /** Nothing is settled any more: what is not settled stays pending. */
  protected isAbandoned = false;
  protected readonly alarm = new Alarm(() => void this.takeUp().catch(() => undefined));
  protected readonly name: ConsumerName;
  private readonly heartbeat = new Heartbeat(
    () => this.tend(),
    (failure) => this.explain(failure),
  );
  private readonly handingBack: HandingBack<T>;
  /** Why not all of what has been handled can be settled. */
  private degraded: string | undefined;

  constructor(
    protected readonly request: ConsumerRequest<O>,
    readonly label: string,
  ) {
    const { concurrency, batch, retry } = request.options;
    const isOrdered = 'hold' in retry && retry.hold;
    const settings = { concurrency, unitSize: batch?.size ?? 1, isOrdered, readsAhead: this.readsAhead };
    const line = createLine<T>(request.options, () => this.dispatcher.pump());
    this.dispatcher = new Dispatcher(line, this, settings, this.clock);
    this.handingBack = new HandingBack((items) => this.handBack(items), request.connection.state);
    this.loop = new ReadingLoop(this, this.dispatcher, request.connection);
    this.name = new ConsumerName(request, label, (reason) => this.nameLost(reason));
    request.connection.state.onChange((isUp) => {
      if (isUp) this.dispatcher.pump();
    });
  }

  abstract prepare(failure: unknown): Promise<void>;
  abstract read(count: number, block: number, client: BlockingClient): Promise<readonly T[]>;
  abstract noteStarts(items: readonly T[]): boolean;
  /** Takes them off what Redis keeps, before they are started. Those that were taken over meanwhile are lost then. */
  protected abstract acknowledgeFirst(items: readonly T[]): Promise<void>;
  /** Hands back what was not started. */
  protected abstract handBack(items: readonly T[]): Promise<void>;
  /** Renews the leases and looks after the rest. Called every third of a lease. */
  protected abstract tend(): Promise<void>;
  /** Takes up what is due. Called when the alarm rings. */
  protected abstract takeUp(): Promise<void>;
  /** Resolves when what has been settled is with Redis, or after `timeout` ms. */
  protected abstract flush(timeout: number): Promise<void>;
  /** What is held belongs to others by now, where Redis keeps it. */
  protected abstract loseAll(): void;
  /** Tells running handlers. */
  protected abstract abandon(reason: Error): void;
  /** Takes the consumer off Redis' books where it holds nothing. */
  protected abstract leave(): Promise<void>;

  /** The lease of what a blocked read gives counts from when the read was sent. */
  get longestBlock(): number {
    return this.request.options.lease / 3;
  }

  async start(): Promise<void> {
    this.heartbeat.start(this.request.options.lease / 3);
    await this.loop.start();
  }

  async stop(): Promise<void> {
    // What Redis keeps no more can only be handled.
    if (this.isForgetful) this.dispatcher.finish();
    else this.dispatcher.stop(itemsOf);
    this.alarm.stop();
    this.name.giveUp();
    await this.loop.stop();
  }

  async drain(timeout: number): Promise<void> {
    const until = Date.now() + timeout;
    const left = (): number => Math.max(0, until - Date.now());
    await this.dispatcher.whenIdle(timeout);
    await this.flush(left());
    await this.handingBack.whenDoneOrAway(left());
    this.isAbandoned = true;
    this.abandon(new Error('the application is shutting down'));
    this.heartbeat.stop();
    this.name.stop();
    // A read that may still reach Redis would take something that nobody looks for: its lease is to run out then. And
    // under a name that is lost, it is the other process that would leave.
    const mayLeave = this.loop.hasEnded && !this.name.isLost;
    this.loop.close();
    if (!this.request.connection.state.isUp) return;
    await this.handingBack.whenDone();
    if (mayLeave) await this.leave().catch(() => undefined);
    await this.name.free().catch(() => undefined);
  }

  status(): ConsumerStatus {
    const degraded = this.degraded ?? this.heartbeat.trouble;
    const status = this.loop.status(this.request.owner, this.dispatcher.running);
    return degraded === undefined ? status : { ...status, degraded };
  }

  explain(failure: unknown): Promise<unknown> {
    return explainWrongType(failure, this.request.connection, this.keyTypes);
  }

  note(units: readonly Unit<T>[]): boolean {
    return this.noteStarts(this.request.options.batch === undefined ? (units as readonly T[]) : units.flatMap(itemsOf));
  }

  isSuspect(unit: Unit<T>): boolean {
    return Array.isArray(unit) ? unit.some(({ hasCrashed }: T) => hasCrashed) : (unit as T).hasCrashed;
  }

  run(unit: Unit<T>): Promise<void> {
    if (this.request.policy.ack.timing !== 'before') return this.runOurs(unit);
    return this.acknowledgeFirst(oursOf(itemsOf(unit))).then(() => this.runOurs(unit));
  }

  release(items: readonly T[]): void {
    // Under the same name, Redis cannot tell it from what the other process has.
    if (!this.name.isLost) this.handingBack.add(items);
  }

  /** Whether Redis forgets messages when it hands them out: then nothing is read ahead, or handed back. */
  protected get isForgetful(): boolean {
    return this.request.policy.ack.timing === 'none';
  }

  /** The keys that may be what a WRONGTYPE is about, with the types that they have to be of. */
  protected get keyTypes(): KeyTypes {
    const { connection, target } = this.request;
    return { [connection.keys.of(target)]: 'stream' };
  }

  /** Whether more may be taken than can start: only where Redis tells what was started from what was not. */
  protected get readsAhead(): boolean {
    return !this.isForgetful;
  }

  protected setDegraded(reason: string | undefined): void {
    this.degraded = reason;
  }

  private runOurs(unit: Unit<T>): Promise<void> {
    const { deliver, deliverBatch, options } = this.request;
    if (options.batch === undefined) return (unit as T).isLost ? Promise.resolve() : deliver(unit as T);
    const ours = oursOf(itemsOf(unit));
    return ours.length === 0 ? Promise.resolve() : deliverBatch(ours);
  }

  /** Two processes of one name cannot tell their messages apart: this one touches nothing in Redis any more. */
  private nameLost(reason: StopReading): void {
    this.heartbeat.stop();
    this.alarm.stop();
    this.loseAll();
    if (!this.isForgetful) this.dispatcher.stop(itemsOf);
    void this.loop.halt(reason);
  }
}
