import type { AckTiming } from '../../options/index.js';
import type { Custody } from './custody.js';
import type { QueueDelivery } from './queue-delivery.js';
import type { QueueLists } from './queue-lists.js';
import type { QueueProgress } from './queue-progress.js';
import type { QueueMembership } from './queue.membership.js';
import type { Suspects } from './suspects.js';

/** What noting starts takes. */
export interface StartParts {
  readonly lists: QueueLists;
  readonly membership: QueueMembership;
  readonly custody: Custody;
  readonly progress: QueueProgress;
  readonly suspects: Suspects;
}

/** Notes that handlers are started, where they may be. */
export class QueueStarts {
  constructor(
    private readonly parts: StartParts,
    private readonly timing: AckTiming,
    /** Called when what could not be started may be tried again. */
    private readonly retry: () => void,
  ) {}

  /** @returns false where Redis is away, where it has to be asked first, or where others must come to their end. */
  note(deliveries: readonly QueueDelivery[]): boolean {
    // What Redis has forgotten need not wait for it.
    if (this.timing !== 'none' && !this.mayStart(deliveries)) return false;
    for (const delivery of deliveries) delivery.begin();
    if (this.timing === 'after' || this.timing === 'manual')
      this.parts.progress.start(deliveries.filter(({ isOurs }) => isOurs));
    return true;
  }

  private mayStart(deliveries: readonly QueueDelivery[]): boolean {
    const { lists, membership, custody, progress, suspects } = this.parts;
    // Who comes back asks again.
    if (lists.connection.commandClient.status !== 'ready') return false;
    if (membership.isCertain && !progress.isInDoubt) return suspects.mayStart(deliveries);
    void custody.keep().then(this.retry, () => undefined);
    return false;
  }
}
