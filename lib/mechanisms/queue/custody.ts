import type { Bag } from '../../collections/index.js';
import { LeaseLostError } from '../../errors/index.js';
import type { HeldNews } from '../held/held-news.js';
import type { DueTimes } from './due-times.js';
import { attemptedHead, toJob } from './job.js';
import type { QueueDelivery } from './queue-delivery.js';
import { type Difference, compare } from './queue-holdings.js';
import type { OwnItems, QueueLists } from './queue-lists.js';
import type { QueueProgress } from './queue-progress.js';
import type { QueueMembership } from './queue.membership.js';
import { TAKE_BACK } from './once.scripts.js';
import { MOVE } from './settle.scripts.js';

/** What keeping the jobs takes. */
export interface CustodyParts {
  readonly lists: QueueLists;
  readonly membership: QueueMembership;
  /** The jobs that the consumer holds: waiting for their handler, handled, or on hold. */
  readonly holdings: Bag<QueueDelivery>;
  readonly progress: QueueProgress;
  readonly dueTimes: DueTimes;
  readonly news: HeldNews;
}

/** Keeps the lease of what a consumer holds, and finds out where what it holds is not what Redis has. */
export class Custody {
  private keeping: Promise<void> | undefined;

  constructor(private readonly parts: CustodyParts) {}

  /** Renews the lease. One renewal at a time: who asks meanwhile waits for it. */
  keep(): Promise<void> {
    this.keeping ??= this.tend(false).finally(() => (this.keeping = undefined));
    return this.keeping;
  }

  /** Renews the lease. `isOpen`: also puts back to the queue what is due, and what consumers had that are gone. */
  async tend(isOpen: boolean): Promise<void> {
    const { membership, dueTimes, progress } = this.parts;
    if (isOpen) dueTimes.looks();
    const { isRenewed, next } = await membership.tend(isOpen);
    if (isOpen) dueTimes.looked(next);
    // Others may have put our jobs back: what is still in our lists is still ours.
    if (!isRenewed) await membership.rejoin();
    if (!isRenewed || progress.isInDoubt) await this.mend();
  }

  /**
   * Also puts back to the queue what is in our lists and we know nothing of: what was in a lost reply, as it is, and what
   * was settled where Redis has lost that, with its start counted. No read may be under way.
   */
  async reconcile(): Promise<void> {
    const { lists, holdings, progress } = this.parts;
    const { taken, processing } = await this.mend();
    if (progress.hasKeys) {
      const held = [...holdings.all, ...progress.unconfirmedJobs].flatMap(({ onceKey }) => onceKey ?? []);
      await lists.run(TAKE_BACK, [lists.keys.progress], [lists.consumer, ...held]);
    }
    const words = [
      ...taken.flatMap((raw) => [raw, '', '', '', '']),
      ...processing.flatMap((raw) => {
        const job = toJob(raw);
        const { head, length } = attemptedHead(job, job.item.attempts + 1);
        return [raw, head, length, '', ''];
      }),
    ];
    if (words.length === 0) return;
    const front = lists.order === 'fifo' ? 'RPUSH' : 'LPUSH';
    await lists.run(MOVE, [lists.keys.queue, lists.keys.progress], [front, ...words]);
  }

  /**
   * The same, where our lists hold more than we know of: Redis may have carried out a read after we had given it up. No
   * read may be under way.
   */
  async lookForStrays(): Promise<void> {
    const { holdings, progress, lists } = this.parts;
    const known = holdings.all.filter(({ isOurs }) => isOurs).length + progress.unconfirmedItems.length;
    if ((await lists.count()) > known) await this.reconcile();
  }

  /** It is somebody else's by now. */
  lose(delivery: QueueDelivery): void {
    const { holdings, news } = this.parts;
    holdings.remove(delivery);
    if (delivery.isLost) return;
    delivery.lose(new LeaseLostError(`job ${delivery.id}`));
    news.leaseLost(delivery);
  }

  /** @returns what is in our lists and we know nothing of. */
  private async mend(): Promise<OwnItems> {
    const { progress } = this.parts;
    progress.flush();
    progress.isInDoubt = false;
    try {
      const { missing, unnoted, unknown } = await this.look();
      // What ends at the moment may have ended before this was asked.
      for (const delivery of missing) if (delivery.isOurs && !delivery.isEnding) this.lose(delivery);
      if (unnoted.length > 0) await progress.startAgain(unnoted.filter(({ isEnding }) => !isEnding));
      return unknown;
    } catch (error) {
      progress.isInDoubt = true;
      throw error;
    }
  }

  private async look(): Promise<Difference> {
    const { holdings, progress, lists } = this.parts;
    // Before it is asked: what comes meanwhile cannot be in the answer.
    const held = holdings.all.filter(({ isOurs }) => isOurs);
    const acknowledged = progress.unconfirmedItems;
    return compare(held, acknowledged, await lists.items());
  }
}
