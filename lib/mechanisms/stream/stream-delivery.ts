import { LazyAbort, type Transaction } from '../../delivery/index.js';
import type { Entry } from '../../connection/index.js';
import { type Decoded, type Source, decodeStreamEntry, type Codec } from '../../message/index.js';
import type { Outcome, Settlement } from '../../options/index.js';
import type { RedisTransaction } from '../redis-transaction.js';
import type { OnceMark } from '../held/once.js';
import type { Held } from '../held/held.interface.js';

/** What all deliveries of one consumer share. */
export interface StreamHome {
  readonly source: Source;
  readonly codec: Codec;
  settle(delivery: StreamDelivery, settlement: Settlement): Promise<void> | undefined;
  extend(delivery: StreamDelivery, ms: number): Promise<void>;
  /** Undefined where the policy has none. */
  openTransaction(): RedisTransaction | undefined;
}

/** One entry that a consumer holds, from its arrival to its end in this process, over all its attempts here. */
export class StreamDelivery implements Held {
  verdict: Outcome | undefined;
  lane: unknown;
  once: OnceMark | undefined;
  isLost = false;
  /** The entry was deleted from the stream while we hold it: nobody else can have it, and it cannot be parked. */
  isTrimmed = false;
  /** The start of its handler is noted. */
  isStarted = false;
  /** Its end is on the way to Redis, which says by itself whether it was ours. */
  isEnding = false;
  isPutOff = false;
  private ownAbort: LazyAbort | undefined;
  private ownTransaction: RedisTransaction | undefined;
  private decoded: Decoded | undefined;

  constructor(
    private readonly home: StreamHome,
    readonly entry: Entry,
    /** How often its handler was started before, and then which start it is. */
    public attempt: number,
    public hasCrashed: boolean,
    /** By the lease clock: when Redis last saw a sign of life for it, at the latest. */
    public leaseFrom: number,
    /** Whether it came by a read of new entries. */
    readonly isFresh: boolean,
    /** Redis does not keep it as pending any more, or never did. */
    public isAcknowledged: boolean,
  ) {}

  get id(): string {
    return this.entry.id;
  }

  /** Milliseconds since 1970, from the id. */
  get timestamp(): number {
    return Number.parseInt(this.entry.id, 10);
  }

  get source(): Source {
    return this.home.source;
  }

  /** Whether it is in our pending list, and so can be taken over when no sign of life comes. */
  get hasLease(): boolean {
    return !this.isLost && !this.isTrimmed && !this.isAcknowledged;
  }

  get onceKey(): string | undefined {
    return this.once?.key;
  }

  get abort(): LazyAbort {
    return (this.ownAbort ??= new LazyAbort());
  }

  get transaction(): Transaction | undefined {
    return (this.ownTransaction ??= this.home.openTransaction());
  }

  /** What was collected, and there is something. */
  get writes(): RedisTransaction | undefined {
    return this.ownTransaction?.isEmpty === false ? this.ownTransaction : undefined;
  }

  /** The start of its handler is noted, once more. */
  begin(): void {
    this.attempt += 1;
    this.isStarted = true;
  }

  /** The next attempt in this process starts afresh. */
  again(): void {
    this.ownAbort = undefined;
    this.ownTransaction = undefined;
    this.decoded = undefined;
    this.isStarted = false;
    this.hasCrashed = false;
    this.isEnding = false;
  }

  decode(): Decoded {
    return (this.decoded ??= decodeStreamEntry(this.entry.fields, this.home.codec));
  }

  settle(settlement: Settlement): Promise<void> | undefined {
    return this.home.settle(this, settlement);
  }

  extend(ms: number): Promise<void> {
    return this.home.extend(this, ms);
  }

  /** Tells the handler, and whoever asks, that it is not ours any more. */
  lose(reason: Error): void {
    this.isLost = true;
    this.ownAbort?.abort(reason);
    this.ownAbort ??= abortedBy(reason);
  }
}

function abortedBy(reason: Error): LazyAbort {
  const abort = new LazyAbort();
  abort.abort(reason);
  return abort;
}

/** Where it is kept that its idempotency key is in progress, or nothing. */
export const markOf = ({ once }: StreamDelivery): string => once?.mark ?? '';
