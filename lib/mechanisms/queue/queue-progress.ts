import { TransientSet } from '../../collections/index.js';
import type { Argument, Script } from '../../connection/index.js';
import type { Marked } from '../held/once.js';
import { type ScriptRunner, inDoubt } from '../held/script-runner.js';
import { chunksOf } from '../chunks.js';
import { within } from '../within.js';
import { FINISH } from './once.scripts.js';
import type { QueueDelivery } from './queue-delivery.js';
import type { QueueLists } from './queue-lists.js';
import { PROGRESS } from './take.scripts.js';

/** How long acks wait for the next read or start to take them along, in ms. */
const WAIT = 4;
/** One script that tells Redis of starts, of ends, or of both. */
interface Sent {
  readonly script: Script;
  readonly keys: readonly string[];
  readonly args: readonly Argument[];
  /** What it says of ends only, for when it has to be said again. */
  readonly argsAgain: readonly Argument[];
  readonly acked: readonly QueueDelivery[];
  readonly isStart: boolean;
}

function progressOf(inOrder: number, named: readonly Buffer[], acked: readonly QueueDelivery[]): Sent {
  const items = acked.map(({ job }) => job.raw);
  return {
    script: PROGRESS,
    keys: [],
    args: [inOrder, named.length, ...named, ...items],
    argsAgain: [0, 0, ...items],
    acked,
    isStart: inOrder + named.length > 0,
  };
}

/**
 * Tells Redis which handlers start, before they do, and which jobs are done. Starts are written at once and not waited for,
 * as what is written reaches Redis whatever becomes of the process; acks wait a little, and go with whatever goes first.
 */
export class QueueProgress {
  /** Whether the next read is near: acks may wait for it. */
  isReadNear = false;
  /** Whether starts may not have been noted: what lies where is then to be looked at. */
  isInDoubt = false;
  /** The scripts that Redis knows. A start must not have to be sent again: its handler runs by then. */
  private readonly known = new Set<Script>();
  private waiting: QueueDelivery[] = [];
  private readonly unconfirmed = new TransientSet<readonly QueueDelivery[]>();
  private timer: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;
  private onEmpty: (() => void)[] = [];

  constructor(
    private readonly runner: ScriptRunner<QueueLists>,
    private readonly settings: {
      /** Whether starts are in the order in which jobs were taken: then they are counted, and not named. */
      isInOrder: boolean;
      /** How long `'once'` remembers what is done, in ms. */
      readonly window: number;
    },
    private readonly onLost: (delivery: QueueDelivery) => void,
  ) {}

  /** The items of what is acknowledged, as far as Redis has not confirmed it. */
  get unconfirmedItems(): Buffer[] {
    return [...this.waiting, ...[...this.unconfirmed].flat()].map(({ job }) => job.raw);
  }

  /** It may be another Redis by now. */
  reconnected(): void {
    this.known.clear();
  }

  /** From now on starts are not in the order any more in which jobs were taken. */
  leaveOrder(): void {
    this.settings.isInOrder = false;
  }

  /** A job is done. */
  add(delivery: QueueDelivery): void {
    this.waiting.push(delivery);
    if (this.timer !== undefined || this.immediate !== undefined) return;
    // A timer is cheap, as there is one for all that come meanwhile; an immediate comes sooner.
    if (this.isReadNear) this.timer = setTimeout(this.flush, WAIT);
    else this.immediate = setImmediate(this.flush);
  }

  /** The handlers of these start now. */
  start(deliveries: readonly QueueDelivery[]): void {
    const { isInOrder } = this.settings;
    const named = isInOrder ? [] : deliveries.map(({ job }) => job.raw);
    this.send(progressOf(isInOrder ? deliveries.length : 0, named, this.takeWaiting()));
  }

  /** Notes starts that may have been noted already. */
  async startAgain(deliveries: readonly QueueDelivery[]): Promise<void> {
    const items = deliveries.map(({ job }) => job.raw);
    await this.runner.home.run(PROGRESS, [], [0, items.length, ...items]);
  }

  /** Sends all that waits. */
  readonly flush = (): void => {
    const acked = this.takeWaiting();
    if (acked.length > 0) this.send(progressOf(0, [], acked));
  };

  /** Resolves when Redis has all of them, or after `timeout` ms. */
  async whenFlushed(timeout: number): Promise<void> {
    this.flush();
    if (this.unconfirmed.size === 0) return;
    await within(new Promise<void>((resolve) => this.onEmpty.push(resolve)), timeout);
  }

  /** Takes all that waits; what has an idempotency key goes its own way. */
  private takeWaiting(): QueueDelivery[] {
    clearTimeout(this.timer);
    clearImmediate(this.immediate);
    this.timer = undefined;
    this.immediate = undefined;
    const { waiting } = this;
    this.waiting = [];
    if (this.settings.window === 0) return waiting;
    const marked = waiting.filter((delivery) => delivery.once !== undefined) as Marked<QueueDelivery>[];
    for (const chunk of chunksOf(marked)) this.send(this.finishOf(chunk));
    return waiting.filter((delivery) => delivery.once === undefined);
  }

  private finishOf(acked: readonly Marked<QueueDelivery>[]): Sent {
    const words = acked.flatMap(({ id, once, job }) => [id, once.key, once.hash, job.raw]);
    const args = [this.settings.window, ...words];
    const keys = [...acked.map(({ once }) => once.mark), this.runner.home.keys.progress];
    return { script: FINISH, keys, args, argsAgain: args, acked, isStart: false };
  }

  private send(sent: Sent): void {
    const { script, keys, args, acked } = sent;
    if (acked.length > 0) this.unconfirmed.add(acked);
    const reply = this.runner.home.runNow(script, this.known.has(script) ? 'hash' : 'whole', keys, args);
    if (reply === undefined) return this.failed(sent);
    this.known.add(script);
    reply.then(
      (lost) => this.confirm(acked, lost as number[]),
      () => this.failed(sent),
    );
  }

  private failed({ script, keys, argsAgain, acked, isStart }: Sent): void {
    this.known.clear();
    this.isInDoubt ||= isStart;
    if (acked.length === 0) return;
    const what = `acknowledging ${acked.length} jobs of ${this.runner.home.keys.queue}`;
    const run = { what, script, keys, args: argsAgain, inDoubt: inDoubt.lost, nothing: [] };
    // It may have been carried out before, so whose they are says nothing.
    void this.runner.run(run).then(() => this.confirm(acked, []));
  }

  private confirm(acked: readonly QueueDelivery[], lost: readonly number[]): void {
    for (const place of lost) this.onLost(acked[place - 1] as QueueDelivery);
    this.unconfirmed.delete(acked);
    if (this.unconfirmed.size > 0) return;
    for (const resolve of this.onEmpty.splice(0)) resolve();
  }
}
