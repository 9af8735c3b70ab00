import type { Bagged } from '../../collections/index.js';
import { LazyAbort } from '../../delivery/index.js';
import { type Codec, type Decoded, type Source, decodeQueueItem } from '../../message/index.js';
import type { Outcome, Settlement } from '../../options/index.js';
import type { OnceMark } from '../held/once.js';
import type { Held } from '../held/held.interface.js';
import type { Job } from './job.js';

/** What all deliveries of one consumer share. */
export interface QueueHome {
  readonly source: Source;
  readonly codec: Codec;
  settle(delivery: QueueDelivery, settlement: Settlement): Promise<void> | undefined;
  extend(delivery: QueueDelivery): Promise<void>;
}

/** One job that a consumer holds, from its arrival to its end in this process, over all its attempts here. */
export class QueueDelivery implements Held, Bagged {
  bagPlace = -1;
  readonly transaction = undefined;
  verdict: Outcome | undefined;
  lane: unknown;
  once: OnceMark | undefined;
  attempt: number;
  hasCrashed: boolean;
  /** Its handler's start is noted: it lies in the processing list. */
  isStarted = false;
  isLost = false;
  /** Its end is on the way to Redis, which says by itself whether it was ours. */
  isEnding = false;
  /** Whether it is to be acknowledged, and whether Redis has been asked to. */
  ack: 'none' | 'waiting' | 'sent' = 'none';
  private ownAbort: LazyAbort | undefined;
  private decoded: Decoded | undefined;

  constructor(
    private readonly home: QueueHome,
    public job: Job,
    /** Redis does not keep it any more. */
    public isAcknowledged: boolean,
  ) {
    this.attempt = job.item.attempts;
    this.hasCrashed = job.item.hasCrashed;
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

  /** Whether it lies in one of our lists. */
  get isOurs(): boolean {
    return !this.isLost && !this.isAcknowledged;
  }

  get onceKey(): string | undefined {
    return this.once?.key;
  }

  get abort(): LazyAbort {
    return (this.ownAbort ??= new LazyAbort());
  }

  /** The start of its handler is noted, once more. */
  begin(): void {
    this.attempt += 1;
    this.isStarted = true;
  }

  /** It lies among what is taken again, as this job, and its next attempt in this process starts afresh. */
  again(job: Job): void {
    this.job = job;
    this.isStarted = false;
    this.isEnding = false;
    this.ack = 'none';
    this.hasCrashed = false;
    this.ownAbort = undefined;
    this.decoded = undefined;
  }

  decode(): Decoded {
    return (this.decoded ??= decodeQueueItem(this.job.raw, this.job.item, this.home.codec));
  }

  settle(settlement: Settlement): Promise<void> | undefined {
    return this.home.settle(this, settlement);
  }

  extend(): Promise<void> {
    return this.home.extend(this);
  }

  /** Tells the handler, and whoever asks, that it is not ours any more. */
  lose(reason: Error): void {
    this.isLost = true;
    this.abort.abort(reason);
  }
}
