import type { Logger } from '@nestjs/common';
import { type Request, replyCode } from '../../connection/index.js';
import type { LeaseClock } from '../held/lease-clock.js';
import { untilDone } from '../until-done.js';
import { ACK_OURS } from './settle.scripts.js';
import type { StreamDelivery } from './stream-delivery.js';
import type { StreamGroup } from './stream.group.js';
import { within } from '../within.js';

/** How long acks wait for the next read to take them along, in ms. */
const WAIT = 4;

/** Redis' answers that say that there is nothing left to acknowledge. */
const isGone = (error: unknown): boolean => ['NOGROUP', 'WRONGTYPE'].includes(replyCode(error) ?? '');

/**
 * Collects acks and sends them together: with the next read where one is about to be sent, else at the end of the tick.
 * While the lease is certainly held, the plain XACK is enough; a script looks at the owner where it may not be.
 */
export class Acks {
  /** Whether the next read is near: acks may wait for it. */
  isReadNear = false;
  private waiting: StreamDelivery[] = [];
  private readonly unconfirmed = new Set<readonly string[]>();
  /** What may be acknowledged or another's by now, with whom to tell when it is another's. */
  private readonly doubtful = new Map<string, StreamDelivery | undefined>();
  private asking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;
  private isScheduled = false;
  private onEmpty: (() => void)[] = [];

  constructor(
    private readonly group: StreamGroup,
    private readonly lease: { readonly clock: LeaseClock; readonly certainFor: number },
    private readonly isAbandoned: () => boolean,
    private readonly logger: Logger,
    private readonly onLost: (delivery: StreamDelivery) => void,
  ) {}

  add(delivery: StreamDelivery): void {
    this.waiting.push(delivery);
    if (this.isScheduled) return;
    this.isScheduled = true;
    // A timer is cheap, as there is one for all that come meanwhile; an immediate comes sooner.
    if (this.isReadNear) this.timer = setTimeout(this.flush, WAIT);
    else this.immediate = setImmediate(this.flush);
  }

  /** Whether an entry's ack is still on its way. */
  has(id: string): boolean {
    if (this.doubtful.has(id) || this.waiting.some((delivery) => delivery.id === id)) return true;
    return [...this.unconfirmed].some((ids) => ids.includes(id));
  }

  /** What goes out in one write with the next read. */
  takeForRead(): Request[] {
    const ids = this.takeCertain();
    if (ids.length === 0) return [];
    const done = (error: unknown): void => this.confirm(ids, error);
    return [{ args: ['XACK', this.group.key, this.group.group, ...ids], done }];
  }

  /** Resolves when Redis has all of them, or after `timeout` ms. */
  async whenFlushed(timeout: number): Promise<void> {
    this.flush();
    if (this.isEmpty) return;
    await within(new Promise<void>((resolve) => this.onEmpty.push(resolve)), timeout);
  }

  private get isEmpty(): boolean {
    return this.unconfirmed.size === 0 && this.doubtful.size === 0;
  }

  private readonly flush = (): void => {
    this.isScheduled = false;
    const ids = this.takeCertain();
    if (ids.length === 0) return;
    this.group.acknowledge(ids).then(
      () => this.confirm(ids, undefined),
      (error: unknown) => this.confirm(ids, error),
    );
  };

  /** Takes all that waits; what may not be ours any more goes its own way. */
  private takeCertain(): string[] {
    if (this.waiting.length === 0) return [];
    clearTimeout(this.timer);
    clearImmediate(this.immediate);
    this.isScheduled = false;
    const { waiting } = this;
    this.waiting = [];
    const since = this.lease.clock.now() - this.lease.certainFor;
    const certain: string[] = [];
    const uncertain: StreamDelivery[] = [];
    for (const delivery of waiting) {
      if (delivery.leaseFrom > since) certain.push(delivery.id);
      else uncertain.push(delivery);
    }
    if (certain.length > 0) this.unconfirmed.add(certain);
    if (uncertain.length > 0) this.ask(uncertain.map((delivery) => [delivery.id, delivery]));
    return certain;
  }

  private confirm(ids: readonly string[], error: unknown): void {
    this.unconfirmed.delete(ids);
    // The ack may have arrived, so whose the entry is says nothing.
    if (error !== undefined && !isGone(error)) this.ask(ids.map((id) => [id, undefined]));
    this.settled();
  }

  private settled(): void {
    if (this.isEmpty) for (const resolve of this.onEmpty.splice(0)) resolve();
  }

  /** What comes while Redis refuses goes with the next try. */
  private ask(doubtful: readonly (readonly [string, StreamDelivery | undefined])[]): void {
    for (const [id, told] of doubtful) this.doubtful.set(id, told);
    this.asking ??= this.askAll();
  }

  private async askAll(): Promise<void> {
    const what = `acknowledging entries of ${this.group.key}`;
    while (this.doubtful.size > 0 && !this.isAbandoned())
      await untilDone(what, () => this.acknowledgeOurs([...this.doubtful]), this.isAbandoned, this.logger);
    this.asking = undefined;
  }

  private async acknowledgeOurs(doubtful: readonly (readonly [string, StreamDelivery | undefined])[]): Promise<void> {
    const ids = doubtful.map(([id]) => id);
    // When this reply is lost, what is not ours any more may have been acknowledged by us.
    for (const id of ids) this.doubtful.set(id, undefined);
    const lost = new Set((await this.runOurs(ids)).map(String));
    for (const [id, told] of doubtful) {
      this.doubtful.delete(id);
      if (told !== undefined && lost.has(id)) this.onLost(told);
    }
    this.settled();
  }

  private async runOurs(ids: readonly string[]): Promise<readonly unknown[]> {
    try {
      return (await this.group.run(ACK_OURS, [], ids)) as unknown[];
    } catch (error) {
      if (isGone(error)) return [];
      throw error;
    }
  }
}
