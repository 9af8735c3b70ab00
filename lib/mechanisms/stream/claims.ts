import type { LeaseClock } from '../held/lease-clock.js';
import type { Entry } from '../../connection/index.js';
import type { Turns } from '../turns.js';
import { CLAIM, DISOWN } from './lease.scripts.js';
import { PARKED } from './lua.js';
import { compareIds } from './overview.js';
import type { PendingRow, StreamGroup } from './stream.group.js';

/** The most own entries that are compared with what is held in one go. */
const PAGE = 1_000;
/** How long a suspect has a process to itself, in ms: most that end their process do so at once. */
const PROBATION = 1_000;

/** An entry that was handed out before. */
export interface Claimed {
  readonly entry: Entry;
  /** How often its handler was started. */
  readonly attempts: number;
  /** Whether its handler may have ended the process that had it. */
  readonly isSuspect: boolean;
}

/** What a claim needs to know of the consumer. */
export interface ClaimHost {
  /** How many handlers could start now. */
  free(): number;
  /** Takes entries over. Resolves when they wait for their handlers. */
  take(claimed: readonly Claimed[], leaseFrom: number): Promise<void>;
  /** Entries were trimmed while they were pending. */
  lost(ids: readonly string[]): void;
  holds(id: string): boolean;
}

type RawClaimed = [id: Buffer, fields: Buffer[], deliveries: number, suspect: number];

/** What the counter of an entry would say if the starts that were noted together stood in it. */
function deliveriesOf({ id, deliveries }: PendingRow, started: string | undefined): number {
  const isStarted = started !== undefined && compareIds(id, started) <= 0;
  return isStarted ? Math.max(2, deliveries) : deliveries;
}

/** Finds entries that were handed out before: retries that are due, what others left behind, lost replies. */
export class Claims {
  private suspectUntil = 0;
  private hasFailed = false;
  private hasMore = false;
  private lacksPlace = false;

  constructor(
    private readonly group: StreamGroup,
    private readonly host: ClaimHost,
    private readonly settings: { readonly lease: number; readonly clock: LeaseClock },
    /** What one has taken must be known to the other. */
    private readonly turns: Turns,
  ) {}

  /** Takes over what is claimable, as much as can start now. @returns the ms after which there may be more, or undefined. */
  claim(): Promise<number | undefined> {
    return this.turns.take(async () => {
      try {
        return await this.claimNow();
      } catch (error) {
        this.hasFailed = true;
        throw error;
      }
    });
  }

  /** Whether a claim has failed: Redis may have given us something that we know nothing of. `reconcile` finds it. */
  get isInDoubt(): boolean {
    return this.hasFailed;
  }

  /** A suspect has come to its end, well or not: the next one may be tried. */
  suspectEnded(): void {
    this.suspectUntil = 0;
  }

  /** Whether the last claim left something. */
  get mayHaveMore(): boolean {
    return this.hasMore;
  }

  /** Whether it did so for want of places. */
  get needsPlace(): boolean {
    return this.lacksPlace;
  }

  /**
   * Finds what is ours in Redis and we know nothing of, and gives it up for anyone to take: replies that were lost, and
   * what was settled where Redis has lost that. No read may be under way. `isFirst`: what a process of the same name has
   * left.
   */
  reconcile(isFirst: boolean): Promise<void> {
    return this.turns.take(async () => {
      const { lease } = this.settings;
      const started = isFirst ? await this.group.startedUpTo() : undefined;
      // What has ended a process may be among it, unless all of it was ours. In the name of the group's own consumer
      // nobody else can be meant.
      const suspects = isFirst || this.hasFailed ? `${this.group.consumer}:before` : PARKED;
      let after: string | undefined;
      for (;;) {
        const rows = await this.group.ownAfter(after, PAGE);
        const unknown = rows.filter(({ id }) => !this.host.holds(id));
        const words = unknown.flatMap((row) => [row.id, deliveriesOf(row, started)]);
        if (words.length > 0) await this.group.run(DISOWN, [], [lease, suspects, ...words]);
        after = rows.at(-1)?.id;
        if (rows.length < PAGE) break;
      }
      this.hasFailed = false;
    });
  }

  private async claimNow(): Promise<number | undefined> {
    const { lease, clock } = this.settings;
    const { parked, started } = this.group.keys;
    const free = this.host.free();
    this.lacksPlace = false;
    const since = clock.now();
    const suspects = since >= this.suspectUntil ? 1 : 0;
    const reply = await this.group.run(CLAIM, [parked, started], [lease, free, suspects]);
    const [raw, lost, more] = reply as [RawClaimed[], Buffer[], number];
    this.hasMore = more === 1;
    this.lacksPlace = this.hasMore && raw.length >= free;
    if (lost.length > 0) this.host.lost(lost.map(String));
    const claimed = raw.map(([id, fields, deliveries, suspect]) => ({
      entry: { id: id.toString(), fields },
      attempts: deliveries - 1,
      isSuspect: suspect === 1,
    }));
    // From here on, as it is started now, however late the reply came.
    if (claimed.some(({ isSuspect }) => isSuspect)) this.suspectUntil = clock.now() + PROBATION;
    if (claimed.length > 0) await this.host.take(claimed, since);
    if (!this.hasMore) return undefined;
    if (free > 0) return Math.max(0, this.suspectUntil - clock.now());
    // A place may have become free meanwhile.
    return this.host.free() > 0 ? 0 : undefined;
  }
}
