import { type Delivery, LazyAbort } from '../../delivery/index.js';
import { type Codec, type Decoded, type Source, decodeQueueItem } from '../../message/index.js';
import type { Outcome, Settlement } from '../../options/index.js';
import type { Waiting } from '../held/waiting.interface.js';
import type { Job } from './job.js';

/** What all deliveries of one consumer share. */
export interface QueueHome {
  readonly source: Source;
  readonly codec: Codec;
  settle(delivery: QueueDelivery, settlement: Settlement): Promise<void> | undefined;
  extend(delivery: QueueDelivery): Promise<void>;
}

/** One job that a consumer holds, from its arrival to its end in this process, over all its attempts here. */
export class QueueDelivery implements Delivery, Waiting {
  readonly onceKey = undefined;
  readonly transaction = undefined;
  verdict: Outcome | undefined;
  lane: unknown;
  attempt: number;
  private ownAbort: LazyAbort | undefined;
  private decoded: Decoded | undefined;

  /** An item with attempts may be a retry as well; only one whose attempts are used up must have crashed. */
  readonly hasCrashed: boolean;

  constructor(
    private readonly home: QueueHome,
    readonly job: Job,
  ) {
    this.attempt = job.item.attempts;
    this.hasCrashed = job.item.attempts > 0;
  }

  get id(): string {
    return this.job.id;
  }

  get timestamp(): number {
    return this.job.item.timestamp ?? this.job.takenAt;
  }

  get source(): Source {
    return this.home.source;
  }

  get abort(): LazyAbort {
    return (this.ownAbort ??= new LazyAbort());
  }

  decode(): Decoded {
    return (this.decoded ??= decodeQueueItem(this.job.item, this.home.codec));
  }

  settle(settlement: Settlement): Promise<void> | undefined {
    return this.home.settle(this, settlement);
  }

  extend(): Promise<void> {
    return this.home.extend(this);
  }
}
