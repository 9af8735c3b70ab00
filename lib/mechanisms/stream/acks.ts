import type { Logger } from '@nestjs/common';
import { Bag } from '../../collections/index.js';
import { type Request, replyCode } from '../../connection/index.js';
import { chunksOf } from '../chunks.js';
import { SentAcks } from '../held/sent-acks.js';
import { Signal } from '../signal.js';
import { untilDone } from '../until-done.js';
import { within } from '../within.js';
import type { AckForm } from './ack-forms.js';
import type { StreamDelivery } from './stream-delivery.js';
import type { StreamGroup } from './stream.group.js';
import type { StreamLeases } from './stream.leases.js';

/** How long acks wait for the next read to take them along, in ms. */
const WAIT = 4;
/** Redis' answers that say that there is nothing left to acknowledge. */
const isGone = (error: unknown): boolean => ['NOGROUP', 'WRONGTYPE'].includes(replyCode(error) ?? '');

/** What the acks need of the consumer. */
export interface AckHost {
  readonly leases: StreamLeases;
  readonly isAbandoned: () => boolean;
  readonly logger: Logger;
  /** An entry was another's when it was to be acknowledged. */
  readonly onLost: (delivery: StreamDelivery) => void;
}

/**
 * Collects acks and sends them together: with the next read where one is about to be sent, else at the end of the tick.
 * Nobody is asked whose the entries are while the lease is certainly held.
 */
export class Acks {
  /** Whether the next read is near: acks may wait for it. */
  isReadNear = false;
  private waiting: StreamDelivery[] = [];
  private readonly unconfirmed = new Bag<SentAcks<StreamDelivery>>();
  /** What may be acknowledged or another's by now, and whether its loss would be news. */
  private readonly doubtful = new Map<StreamDelivery, boolean>();
  private asking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;
  private isScheduled = false;
  private readonly emptied = new Signal();

  constructor(
    private readonly group: StreamGroup,
    private readonly form: AckForm,
    private readonly host: AckHost,
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
    const isMeant = (delivery: StreamDelivery): boolean => delivery.id === id;
    const sent = this.unconfirmed.all.map(({ deliveries }) => deliveries);
    return [this.waiting, [...this.doubtful.keys()], ...sent].some((some) => some.some(isMeant));
  }

  /** What goes out in one write with the next read. */
  takeForRead(): Request[] {
    if (!this.form.isQuick) {
      this.flush();
      return [];
    }
    return this.takeCertain().map((acks) => {
      const done = (error: unknown): void => this.confirm(acks, error);
      return { args: this.form.command(acks.deliveries), done };
    });
  }

  /** Resolves when Redis has all of them, or after `timeout` ms. */
  async whenFlushed(timeout: number): Promise<void> {
    this.flush();
    if (this.isEmpty) return;
    await within(this.emptied.wait(), timeout);
  }

  private get isEmpty(): boolean {
    return this.unconfirmed.size === 0 && this.doubtful.size === 0;
  }

  private readonly flush = (): void => {
    this.isScheduled = false;
    for (const acks of this.takeCertain()) {
      this.group.send(this.form.command(acks.deliveries)).then(
        () => this.confirm(acks, undefined),
        (error: unknown) => this.confirm(acks, error),
      );
    }
  };

  /** Takes all that waits; what may not be ours any more goes its own way. */
  private takeCertain(): SentAcks<StreamDelivery>[] {
    if (this.waiting.length === 0) return [];
    clearTimeout(this.timer);
    clearImmediate(this.immediate);
    this.isScheduled = false;
    const { waiting } = this;
    this.waiting = [];
    const { leases } = this.host;
    const now = leases.clock.now();
    const certain: StreamDelivery[] = [];
    const uncertain: StreamDelivery[] = [];
    for (const delivery of waiting) (leases.isCertain(delivery, now) ? certain : uncertain).push(delivery);
    if (uncertain.length > 0) this.ask(uncertain, true);
    const sent = chunksOf(certain).map((chunk) => new SentAcks(chunk));
    for (const acks of sent) this.unconfirmed.add(acks);
    return sent;
  }

  private confirm(acks: SentAcks<StreamDelivery>, error: unknown): void {
    this.unconfirmed.remove(acks);
    // The ack may have arrived, so whose the entry is says nothing.
    if (error !== undefined && !isGone(error)) this.ask(acks.deliveries, false);
    this.settled();
  }

  private settled(): void {
    if (this.isEmpty) this.emptied.give();
  }

  /** What comes while Redis refuses goes with the next try. */
  private ask(doubtful: readonly StreamDelivery[], isNews: boolean): void {
    for (const delivery of doubtful) this.doubtful.set(delivery, isNews);
    this.asking ??= this.askAll();
  }

  private async askAll(): Promise<void> {
    const { isAbandoned, logger } = this.host;
    const what = `acknowledging entries of ${this.group.key}`;
    while (this.doubtful.size > 0 && !isAbandoned()) {
      for (const chunk of chunksOf([...this.doubtful]))
        await untilDone(what, () => this.acknowledgeOurs(chunk), isAbandoned, logger);
    }
    this.asking = undefined;
  }

  private async acknowledgeOurs(doubtful: readonly (readonly [StreamDelivery, boolean])[]): Promise<void> {
    const deliveries = doubtful.map(([delivery]) => delivery);
    // When this reply is lost, what is not ours any more may have been acknowledged by us.
    for (const delivery of deliveries) this.doubtful.set(delivery, false);
    const lost = new Set((await this.runOurs(deliveries)).map(String));
    for (const [delivery, isNews] of doubtful) {
      this.doubtful.delete(delivery);
      if (isNews && lost.has(delivery.id)) this.host.onLost(delivery);
    }
    this.settled();
  }

  private async runOurs(deliveries: readonly StreamDelivery[]): Promise<readonly unknown[]> {
    try {
      return await this.form.ask(deliveries);
    } catch (error) {
      if (isGone(error)) return [];
      throw error;
    }
  }
}
