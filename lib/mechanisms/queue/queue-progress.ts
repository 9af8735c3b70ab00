import type { Script } from '../../connection/index.js';
import type { AckNews } from '../held/held-news.js';
import type { Marked } from '../held/once.js';
import { type ScriptRunner, inDoubt } from '../held/script-runner.js';
import { type SentAcks, UnconfirmedAcks } from '../held/unconfirmed-acks.js';
import { WaitingAcks } from '../held/waiting-acks.js';
import { chunksOf } from '../chunks.js';
import { within } from '../within.js';
import { NO_STARTS, type ProgressStep, allOf, finishStep, itemsOf, progressStep } from './progress-step.js';
import type { QueueDelivery } from './queue-delivery.js';
import type { QueueLists } from './queue-lists.js';
import { type EndedJobs, StartedJobs } from './started-jobs.js';
import { PROGRESS, progressArgs } from './take.scripts.js';

/** What it needs of the consumer. */
export interface ProgressHost {
  readonly news: AckNews;
  /** A job was another's when it was to be acknowledged. */
  readonly onLost: (delivery: QueueDelivery) => void;
  /** So many jobs are done, and it is in doubt whether they are acknowledged: they are kept in memory. */
  readonly inDoubt: (count: number) => void;
}

/**
 * Tells Redis which handlers start, before they do, and which jobs are done. Starts are written at once and not waited for,
 * as what is written reaches Redis though the process dies (but see docs/architecture.md); acks wait a little, and go with
 * whatever goes first.
 */
export class QueueProgress {
  /** Whether starts may not have been noted: what lies where is then to be looked at. */
  isInDoubt = false;
  /** The scripts that Redis knows. A start must not have to be sent again: its handler runs by then. */
  private readonly known = new Set<Script>();
  private readonly started = new StartedJobs();
  private readonly waiting = new WaitingAcks<QueueDelivery>(() => this.flush());
  private readonly unconfirmed = new UnconfirmedAcks<QueueDelivery>();
  private doubtful = 0;

  constructor(
    private readonly runner: ScriptRunner<QueueLists>,
    private readonly settings: {
      /** Whether starts are in the order in which jobs were taken: then they are counted, and not named. */
      isInOrder: boolean;
      /** How long `'once'` remembers what is done, in ms. */
      readonly window: number;
    },
    private readonly host: ProgressHost,
  ) {}

  /** What is acknowledged, as far as Redis has not confirmed it. */
  get unconfirmedJobs(): QueueDelivery[] {
    return [...this.waiting.all, ...this.unconfirmed.all];
  }

  get unconfirmedItems(): Buffer[] {
    return itemsOf(this.unconfirmedJobs);
  }

  /** Whether jobs have idempotency keys. */
  get hasKeys(): boolean {
    return this.settings.window > 0;
  }

  /** Whether the next read is near: acks may wait for it. */
  expectRead(isNear: boolean): void {
    this.waiting.isReadNear = isNear;
  }

  /** It may be another Redis by now. */
  reconnected(): void {
    this.known.clear();
  }

  /** From now on starts are not in the order any more in which jobs were taken. */
  leaveOrder(): void {
    this.settings.isInOrder = false;
    this.started.forget();
  }

  /** A job is done. */
  add(delivery: QueueDelivery): void {
    delivery.ack = 'waiting';
    this.waiting.add(delivery);
  }

  /** The handlers of these start now. */
  start(deliveries: readonly QueueDelivery[]): void {
    const { isInOrder } = this.settings;
    const starts = isInOrder ? { inOrder: deliveries.length, named: [] } : { inOrder: 0, named: deliveries };
    this.send(progressStep(starts, this.takeWaiting()));
    // What has an idempotency key is named when it is done, and never counted.
    if (isInOrder && !this.hasKeys) this.started.add(deliveries);
  }

  /** Notes starts that may have been noted already. */
  async startAgain(deliveries: readonly QueueDelivery[]): Promise<void> {
    await this.runner.home.run(PROGRESS, [], progressArgs({ named: itemsOf(deliveries) }));
  }

  /** Sends all that waits. */
  flush(): void {
    const ended = this.takeWaiting();
    if (allOf(ended).length > 0) this.send(progressStep(NO_STARTS, ended));
  }

  /** Resolves when Redis has all of them, or after `timeout` ms. */
  async whenFlushed(timeout: number): Promise<void> {
    this.flush();
    await within(this.unconfirmed.whenNone(), timeout);
  }

  /** Takes all that waits; what has an idempotency key goes its own way. */
  private takeWaiting(): EndedJobs {
    const waiting = this.waiting.take();
    if (!this.hasKeys) return this.started.split(waiting);
    const { window } = this.settings;
    const marked = waiting.filter((delivery) => delivery.once !== undefined) as Marked<QueueDelivery>[];
    for (const chunk of chunksOf(marked)) this.send(finishStep(chunk, window, this.runner.home.keys));
    return { counted: [], named: waiting.filter((delivery) => delivery.once === undefined) };
  }

  private send(step: ProgressStep): void {
    const { script, keys, args, ended } = step;
    const acks = this.unconfirmed.add(allOf(ended));
    const reply = this.runner.home.runNow(script, this.known.has(script) ? 'hash' : 'whole', keys, args);
    if (reply === undefined) return this.failed(step, acks);
    this.known.add(script);
    reply.then(
      (lost) => this.answered(ended, acks, lost as number[]),
      () => this.failed(step, acks),
    );
  }

  private failed({ script, keys, argsAgain, isStart }: ProgressStep, acks: SentAcks<QueueDelivery>): void {
    this.known.clear();
    this.isInDoubt ||= isStart;
    const { length } = acks.deliveries;
    if (length === 0) return;
    const what = `acknowledging ${length} jobs of ${this.runner.home.keys.queue}`;
    const onRefused = (error: unknown): void => this.host.news.acksRefused(error);
    const run = { what, script, keys, args: argsAgain(), inDoubt: inDoubt.lost, nothing: [], onRefused };
    this.doubt(length);
    // It may have been carried out before, so whose they are says nothing.
    void this.runner.run(run).then(() => {
      this.doubt(-length);
      if (this.doubtful === 0) this.host.news.acksWork();
      this.unconfirmed.confirm(acks);
    });
  }

  private doubt(more: number): void {
    this.doubtful += more;
    this.host.inDoubt(this.doubtful);
  }

  private answered({ counted, named }: EndedJobs, acks: SentAcks<QueueDelivery>, lost: readonly number[]): void {
    for (const place of lost) {
      if (place > 0) this.host.onLost(named[place - 1] as QueueDelivery);
      else this.send(progressStep(NO_STARTS, { counted: [], named: counted }));
    }
    this.unconfirmed.confirm(acks);
  }
}
