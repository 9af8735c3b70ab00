import { chunksOf } from '../chunks.js';
import type { LeaseClock } from '../held/lease-clock.js';
import { HEARTBEAT } from './lease.scripts.js';
import type { StreamDelivery } from './stream-delivery.js';
import type { StreamGroup } from './stream.group.js';

/** Keeps what the consumer holds, and finds out what it does not hold any more. */
export class StreamLeases {
  /** For how long after a sign of life a lease is certainly held, in ms; for the rest of it, it probably is. */
  readonly certainFor: number;
  private renewing: Promise<void> | undefined;

  constructor(
    private readonly group: StreamGroup,
    /** What the consumer holds, and what it has not been able to acknowledge. */
    private readonly held: () => readonly StreamDelivery[],
    readonly clock: LeaseClock,
    lease: number,
    private readonly onLost: (id: string) => void,
  ) {
    this.certainFor = (lease * 2) / 3;
  }

  /** @param now by the lease clock. */
  isCertain({ leaseFrom }: StreamDelivery, now: number): boolean {
    return now - leaseFrom < this.certainFor;
  }

  /** Renews all leases. One renewal at a time: who asks meanwhile waits for it. */
  renew(): Promise<void> {
    this.renewing ??= this.renewAll().finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  /** The same for these. */
  async renewSome(held: readonly StreamDelivery[]): Promise<void> {
    const since = this.clock.now();
    const certain = new Set(held.filter((delivery) => this.isCertain(delivery, since)).map(({ id }) => id));
    const ids = held.map(({ id }) => id);
    const reply = (await this.group.run(HEARTBEAT, [], ids)) as [Buffer[], Buffer[]];
    const [taken, trimmed] = reply.map((list) => new Set(list.map(String))) as [Set<string>, Set<string>];
    for (const delivery of held) {
      const { id, isEnding } = delivery;
      // Whose lease may have run out, its entry may have been handled by another, and trimmed then.
      if (trimmed.has(id) && certain.has(id)) delivery.isTrimmed = true;
      else if (!trimmed.has(id) && !taken.has(id)) delivery.leaseFrom = since;
      // What ends at the moment may have ended before this was asked. Should it not end, its lease is as old as it was.
      else if (!isEnding) this.onLost(id);
    }
  }

  private async renewAll(): Promise<void> {
    const held = this.held().filter(({ hasLease }) => hasLease);
    for (const chunk of chunksOf(held)) await this.renewSome(chunk);
  }
}
