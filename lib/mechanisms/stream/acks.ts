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
    return this.waiting.some((delivery) => delivery.id === id) || [...this.unconfirmed].some((ids) => ids.includes(id));
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
    if (this.unconfirmed.size === 0) return;
    await within(new Promise<void>((resolve) => this.onEmpty.push(resolve)), timeout);
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
    if (uncertain.length > 0) {
      const ids = uncertain.map(({ id }) => id);
      void this.acknowledgeOurs(ids, uncertain);
    }
    return certain;
  }

  private confirm(ids: readonly string[], error: unknown): void {
    if (error !== undefined && !isGone(error)) {
      this.unconfirmed.delete(ids);
      // The ack may have arrived, so whose the entry is says nothing.
      void this.acknowledgeOurs(ids, []);
      return;
    }
    this.forget(ids);
  }

  private forget(ids: readonly string[]): void {
    this.unconfirmed.delete(ids);
    if (this.unconfirmed.size > 0) return;
    for (const resolve of this.onEmpty.splice(0)) resolve();
  }

  /** @param told of which of them it is to be told when they are lost. */
  private async acknowledgeOurs(ids: readonly string[], told: readonly StreamDelivery[]): Promise<void> {
    this.unconfirmed.add(ids);
    const { key } = this.group;
    let tries = 0;
    const send = () => {
      tries += 1;
      return this.group.run(ACK_OURS, [], ids).catch((error: unknown) => (isGone(error) ? [] : fail(error)));
    };
    const what = `acknowledging ${ids.length} entries of ${key}`;
    const reply = (await untilDone(what, send, this.isAbandoned, this.logger)) as Buffer[] | undefined;
    // When the first reply was lost, what is not ours any more may have been acknowledged by us.
    const lost = new Set(tries === 1 ? (reply ?? []).map(String) : []);
    for (const delivery of told) if (lost.has(delivery.id)) this.onLost(delivery);
    this.forget(ids);
  }
}

function fail(error: unknown): never {
  throw error;
}
