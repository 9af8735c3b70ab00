import { randomBytes } from 'node:crypto';
import type { Bagged } from '../../collections/index.js';
import { type Delivery, LazyAbort } from '../../delivery/index.js';
import { type Codec, type Decoded, type Source, decodeChannelMessage, notificationIdOf } from '../../message/index.js';

const PROCESS = randomBytes(4).toString('hex');
let count = 0;

/** What has come for a channel, and when, in ms since 1970. */
export interface Received {
  readonly channel: string;
  readonly message: Buffer;
  readonly timestamp: number;
}

/** One message of a channel. It has one attempt, and belongs to nobody else. */
export class ChannelDelivery implements Delivery, Bagged {
  bagPlace = -1;
  readonly attempt = 1;
  readonly hasCrashed = false;
  readonly verdict = undefined;
  readonly onceKey = undefined;
  readonly transaction = undefined;
  readonly id: string;
  private ownAbort: LazyAbort | undefined;

  constructor(
    private readonly received: Received,
    readonly source: Source,
    private readonly codec: Codec,
  ) {
    this.id = notificationIdOf(received.message) ?? `${PROCESS}-${(count += 1)}`;
  }

  get timestamp(): number {
    return this.received.timestamp;
  }

  get abort(): LazyAbort {
    return (this.ownAbort ??= new LazyAbort());
  }

  decode(): Decoded {
    return decodeChannelMessage(this.received.message, this.codec);
  }

  /** A channel keeps nothing: whatever the outcome, there is nothing to settle. */
  settle(): undefined {
    return undefined;
  }

  extend(): Promise<void> {
    return Promise.resolve();
  }
}
