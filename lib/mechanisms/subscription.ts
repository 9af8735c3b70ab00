import type { Subject } from '../connection/index.js';
import { Signal } from './signal.js';

/** Gets what is published for one subject. */
export interface ChannelListener {
  /** The channel or pattern as its user names it; undefined where it is the library's own, whose gaps are nobody's news. */
  readonly name: string | undefined;
  /** @param channel its full name. */
  receive(channel: string, message: Buffer): void;
  /** Subscribed again after a loss of the connection: messages may have been missed. */
  missed?(): void;
}

/** A subject, and who listens to it. */
export class Subscription {
  readonly listeners = new Set<ChannelListener>();
  /** Resolves when Redis has confirmed it for the first time. */
  readonly whenConfirmed: Promise<void>;
  isConfirmed = false;
  /** What Redis said when it last refused it. */
  refusal: Error | undefined;
  /** When Redis was heard last before messages may have been missed. */
  missedSince: number | undefined;
  private readonly refusing = new Signal();
  private hasBeenConfirmed = false;
  private resolve: () => void = () => undefined;

  constructor(readonly subject: Subject) {
    this.whenConfirmed = new Promise((resolve) => (this.resolve = resolve));
  }

  /**
   * Resolves when Redis has confirmed it for the first time.
   *
   * @throws what Redis refuses it with.
   */
  async confirmedOrRefused(): Promise<void> {
    if (this.refusal === undefined && !this.hasBeenConfirmed)
      await Promise.race([this.whenConfirmed, this.refusing.wait()]);
    if (this.refusal !== undefined) throw this.refusal;
  }

  refused(error: Error): void {
    this.refusal = error;
    this.refusing.give();
  }

  lost(lastSign: number): void {
    if (this.isConfirmed) this.missedSince ??= lastSign;
    this.isConfirmed = false;
    this.refusal = undefined;
  }

  /** @returns since when messages may have been missed. */
  confirmed(): number | undefined {
    const since = this.missedSince;
    this.isConfirmed = true;
    this.hasBeenConfirmed = true;
    this.refusal = undefined;
    this.missedSince = undefined;
    this.resolve();
    this.refusing.give();
    return since;
  }
}
