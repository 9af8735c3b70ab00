import { Bag } from '../../collections/index.js';
import type { Request } from '../../connection/index.js';
import { chunksOf } from '../chunks.js';
import { SentAcks } from '../held/sent-acks.js';
import { Signal } from '../signal.js';
import { within } from '../within.js';
import type { AckForm } from './ack-forms.js';
import { type DoubtfulAcks, isGone } from './doubtful-acks.js';
import type { StreamDelivery } from './stream-delivery.js';
import type { StreamGroup } from './stream.group.js';
import type { StreamLeases } from './stream.leases.js';

/** How long acks wait for the next read to take them along, in ms. */
const WAIT = 4;

/**
 * Collects acks and sends them together: with the next read where one is about to be sent, else at the end of the tick.
 * Nobody is asked whose the entries are while the lease is certainly held.
 */
export class Acks {
  /** Whether the next read is near: acks may wait for it. */
  isReadNear = false;
  private waiting: StreamDelivery[] = [];
  private readonly unconfirmed = new Bag<SentAcks<StreamDelivery>>();
  private timer: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;
  private isScheduled = false;
  private readonly answered = new Signal();

  constructor(
    private readonly group: StreamGroup,
    private readonly form: AckForm,
    private readonly leases: StreamLeases,
    private readonly doubtful: DoubtfulAcks,
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
    return [this.waiting, this.doubtful.all, ...sent].some((some) => some.some(isMeant));
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
    await within(this.whenDone(), timeout);
  }

  private async whenDone(): Promise<void> {
    if (this.unconfirmed.size > 0) await this.answered.wait();
    await this.doubtful.whenNone();
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
    const { waiting, leases } = this;
    this.waiting = [];
    const now = leases.clock.now();
    const certain: StreamDelivery[] = [];
    const uncertain: StreamDelivery[] = [];
    for (const delivery of waiting) (leases.isCertain(delivery, now) ? certain : uncertain).push(delivery);
    if (uncertain.length > 0) this.doubtful.add(uncertain, true);
    const sent = chunksOf(certain).map((chunk) => new SentAcks(chunk));
    for (const acks of sent) this.unconfirmed.add(acks);
    return sent;
  }

  private confirm(acks: SentAcks<StreamDelivery>, error: unknown): void {
    this.unconfirmed.remove(acks);
    // The ack may have arrived, so whose the entry is says nothing.
    if (error !== undefined && !isGone(error)) this.doubtful.add(acks.deliveries, false);
    if (this.unconfirmed.size === 0) this.answered.give();
  }
}
