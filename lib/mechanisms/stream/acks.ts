import type { Request } from '../../connection/index.js';
import { chunksOf } from '../chunks.js';
import { type SentAcks, UnconfirmedAcks } from '../held/unconfirmed-acks.js';
import { WaitingAcks } from '../held/waiting-acks.js';
import { within } from '../within.js';
import type { AckForm } from './ack-forms.js';
import { type DoubtfulAcks, isGone } from './doubtful-acks.js';
import type { StreamDelivery } from './stream-delivery.js';
import type { StreamGroup } from './stream.group.js';
import type { StreamLeases } from './stream.leases.js';

/**
 * Collects acks and sends them together: with the next read where one is about to be sent, else at the end of the tick.
 * Nobody is asked whose the entries are while the lease is certainly held.
 */
export class Acks {
  private readonly waiting = new WaitingAcks<StreamDelivery>(() => this.flush());
  private readonly unconfirmed = new UnconfirmedAcks<StreamDelivery>();

  constructor(
    private readonly group: StreamGroup,
    private readonly form: AckForm,
    private readonly leases: StreamLeases,
    private readonly doubtful: DoubtfulAcks,
  ) {}

  /** Whether the next read is near: acks may wait for it. */
  expectRead(isNear: boolean): void {
    this.waiting.isReadNear = isNear;
  }

  add(delivery: StreamDelivery): void {
    this.waiting.add(delivery);
  }

  /** Whether an entry's ack is still on its way. */
  has(id: string): boolean {
    const { waiting, doubtful, unconfirmed } = this;
    return [waiting, doubtful, unconfirmed].some(({ all }) => all.some((delivery) => delivery.id === id));
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
    await this.unconfirmed.whenNone();
    await this.doubtful.whenNone();
  }

  private flush(): void {
    for (const acks of this.takeCertain()) {
      this.group.send(this.form.command(acks.deliveries)).then(
        () => this.confirm(acks, undefined),
        (error: unknown) => this.confirm(acks, error),
      );
    }
  }

  /** Takes all that waits; what may not be ours any more goes its own way. */
  private takeCertain(): SentAcks<StreamDelivery>[] {
    const waiting = this.waiting.take();
    if (waiting.length === 0) return [];
    const { leases } = this;
    const now = leases.clock.now();
    const certain: StreamDelivery[] = [];
    const uncertain: StreamDelivery[] = [];
    for (const delivery of waiting) (leases.isCertain(delivery, now) ? certain : uncertain).push(delivery);
    if (uncertain.length > 0) this.doubtful.add(uncertain, true);
    return chunksOf(certain).map((chunk) => this.unconfirmed.add(chunk));
  }

  private confirm(acks: SentAcks<StreamDelivery>, error: unknown): void {
    this.unconfirmed.confirm(acks);
    // The ack may have arrived, so whose the entry is says nothing.
    if (error !== undefined && !isGone(error)) this.doubtful.add(acks.deliveries, false);
  }
}
