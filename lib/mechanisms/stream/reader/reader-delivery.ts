import type { Entry } from '../../../connection/index.js';
import { LazyAbort } from '../../../delivery/index.js';
import { type Codec, type Decoded, type Source, decodeStreamEntry } from '../../../message/index.js';
import type { Outcome, Settlement } from '../../../options/index.js';
import type { Held } from '../../held/held.interface.js';

/** What all deliveries of one reader share. */
export interface ReaderHome {
  readonly source: Source;
  readonly codec: Codec;
  settle(delivery: ReaderDelivery, settlement: Settlement): Promise<void> | undefined;
}

/** One entry that a reader has read, over all its attempts. Nobody else can have it, so there is nothing to lose. */
export class ReaderDelivery implements Held {
  readonly isLost = false;
  readonly hasCrashed = false;
  readonly onceKey = undefined;
  readonly transaction = undefined;
  verdict: Outcome | undefined;
  lane: unknown;
  attempt = 0;
  private ownAbort: LazyAbort | undefined;
  private decoded: Decoded | undefined;

  constructor(
    private readonly home: ReaderHome,
    readonly entry: Entry,
  ) {}

  get id(): string {
    return this.entry.id;
  }

  get timestamp(): number {
    return Number.parseInt(this.entry.id, 10);
  }

  get source(): Source {
    return this.home.source;
  }

  get abort(): LazyAbort {
    return (this.ownAbort ??= new LazyAbort());
  }

  begin(): void {
    this.attempt += 1;
  }

  /** The next attempt starts afresh. */
  again(): void {
    this.ownAbort = undefined;
    this.decoded = undefined;
  }

  decode(): Decoded {
    return (this.decoded ??= decodeStreamEntry(this.entry.fields, this.home.codec));
  }

  settle(settlement: Settlement): Promise<void> | undefined {
    return this.home.settle(this, settlement);
  }

  extend(): Promise<void> {
    return Promise.resolve();
  }
}
