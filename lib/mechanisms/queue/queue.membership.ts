import { randomUUID } from 'node:crypto';
import type { Logger } from '@nestjs/common';
import type { LeaseClock } from '../held/lease-clock.js';
import { JOIN, LEAVE, RECOVER, TEND } from './lease.scripts.js';
import type { QueueLists } from './queue-lists.js';

/** The most jobs that one call puts back, or brings out of the delayed set. */
const MOST = 1_000;

/** What has been found when the queue was looked after. */
export interface Tended {
  /** Whether the lease was still held; else others may have put back what we held. */
  readonly isRenewed: boolean;
  /** The ms until the next delayed job is due; undefined where none waits. */
  readonly next: number | undefined;
}

/** The lease of a queue's consumer: keeps our own, puts back what those without one had taken, and what is due. */
export class QueueMembership {
  /** By the lease clock: when Redis last saw a sign of life, at the latest. */
  private renewedAt = 0;
  private rejoined = 0;

  constructor(
    private readonly lists: QueueLists,
    private readonly lease: number,
    private readonly clock: LeaseClock,
    private readonly logger: Logger,
  ) {}

  /** Whether nobody can have taken over what we hold. */
  get isCertain(): boolean {
    return this.clock.now() - this.renewedAt < (this.lease * 2) / 3;
  }

  /** Whoever had this name before us is gone: what it left is handed out again. */
  async join(): Promise<void> {
    await this.enter(0);
    await this.recover(this.lists.consumer);
    await this.rejoin();
  }

  /** Counts how often the lease was lost: what was asked for before may have come to others meanwhile. */
  get losses(): number {
    return this.rejoined;
  }

  /** From now on: whether nobody can have taken over what we hold. */
  watch(): () => boolean {
    const { losses } = this;
    return () => losses === this.losses && this.isCertain;
  }

  rejoin(): Promise<void> {
    this.rejoined += 1;
    return this.enter(this.lease);
  }

  /** Renews the lease. `isOpen`: also puts back to the queue what is due, and what consumers had that are gone. */
  async tend(isOpen: boolean): Promise<Tended> {
    const { connection, keys, consumer, order } = this.lists;
    const since = this.clock.now();
    const client = await connection.command();
    const args = [order, consumer, this.lease, isOpen ? MOST : 0];
    const reply = await TEND.run(client, [keys.consumers, keys.delayed, keys.queue], args);
    const [renewed, next, gone] = reply as [number, number, Buffer[]];
    if (renewed === 1) this.renewedAt = since;
    const others = gone.map(String).filter((name) => name !== consumer);
    if (isOpen) for (const name of others) await this.recover(name);
    return { isRenewed: renewed === 1, next: next < 0 ? undefined : next };
  }

  async leave(): Promise<void> {
    await this.lists.run(LEAVE, [this.lists.keys.consumers], [this.lists.consumer]);
  }

  private async enter(lease: number): Promise<void> {
    const { connection, keys, consumer } = this.lists;
    const since = this.clock.now();
    await JOIN.run(await connection.command(), [keys.consumers], [consumer, lease]);
    this.renewedAt = since;
  }

  /** Whoever notices does it, once. */
  private async recover(consumer: string): Promise<void> {
    const { connection, keys, order } = this.lists;
    const { consumers, queue, progress } = keys;
    const names = [keys.processing(consumer), keys.taken(consumer), consumers, queue, progress];
    let total = 0;
    for (let moved = MOST; moved === MOST; total += moved) {
      const client = await connection.command();
      moved = Number(await RECOVER.run(client, names, [order, consumer, randomUUID(), MOST]));
    }
    if (total > 0)
      this.logger.warn(`queue "${queue}": ${total} jobs of ${consumer}, which is gone, are back in the queue`);
  }
}
