import type { Logger } from '@nestjs/common';
import type { RedisConnection } from '../../connection/index.js';
import type { HeldEntries } from './held-entries.js';
import { type Entry, type StreamGroup, toEntries } from './stream.group.js';
import { TAKE_UP } from './stream.scripts.js';

/** The most own entries that are compared after a failure in one go. */
const RECONCILE_COUNT = 1_000;

/** Starts the handler of an entry. */
export type Begin = (entry: Entry, attempt: number) => void;

/** Finds entries that were handed out before: own ones whose retry is due, others' that were left behind, lost replies. */
export class StreamRecovery {
  /** The highest id that was ever handed to us: what we own above it was in a reply that got lost. */
  lastRead: string | undefined;
  private nextClaim = 0;

  constructor(
    private readonly group: StreamGroup,
    private readonly held: HeldEntries,
    private readonly options: { readonly label: string; readonly lease: number; readonly sweepEvery: number },
    private readonly connection: RedisConnection,
    private readonly begin: Begin,
    private readonly logger: Logger,
  ) {}

  /** Begins what is due, at most `free` entries. @returns the ms after which there may be more. */
  async sweep(free: number): Promise<number> {
    const left = free - (await this.takeUpDue(free));
    if (left > 0 && Date.now() >= this.nextClaim) {
      const hasMore = await this.claim(left);
      this.nextClaim = hasMore ? 0 : Date.now() + this.options.sweepEvery;
    }
    return Math.max(1, Math.min(this.nextClaim, this.held.nextDue) - Date.now());
  }

  /** Finds what Redis handed to us in a reply that never arrived. Its handler was not started, so no attempt is charged. */
  async reconcile(): Promise<void> {
    const rows = await this.group.ownAbove(this.lastRead, RECONCILE_COUNT);
    for (const { id, idle, deliveries } of rows) {
      // What was handed back is claimable by anyone, and is not an orphan.
      if (idle < this.options.lease && !this.held.has(id))
        this.held.park(id, { due: Date.now(), attempts: deliveries - 1 });
      this.lastRead = id;
    }
  }

  /** Takes up own entries whose retry is due. @returns how many it began. */
  private async takeUpDue(free: number): Promise<number> {
    const client = await this.connection.command();
    const { key, group, consumer } = this.group;
    let begun = 0;
    for (const [id, { attempts }] of this.held.due(Date.now(), free)) {
      const entries = toEntries(await TAKE_UP.run(client, [key], [group, consumer, id, attempts + 1]));
      begun += await this.beginTaken(id, entries, attempts + 1);
    }
    return begun;
  }

  /** Takes over entries without a sign of life. @returns whether there may be more of them. */
  private async claim(free: number): Promise<boolean> {
    const { lease } = this.options;
    const count = free + this.held.runningIds.length;
    const idle = await this.group.idleFor(lease, count);
    const rows = idle.filter(({ id }) => !this.held.isRunning(id)).slice(0, free);
    for (const { id, deliveries } of rows) {
      await this.beginTaken(id, await this.group.claim(id, lease, deliveries + 1), deliveries + 1);
    }
    return idle.length === count;
  }

  private async beginTaken(id: string, [entry]: readonly Entry[], attempt: number): Promise<number> {
    this.held.unpark(id);
    if (entry !== undefined) this.begin(entry, attempt);
    else if (!(await this.group.exists(id))) {
      this.logger.error(
        `${this.options.label}: entry ${id} was trimmed or deleted while it was pending; its message is lost`,
      );
    }
    return entry === undefined ? 0 : 1;
  }
}
