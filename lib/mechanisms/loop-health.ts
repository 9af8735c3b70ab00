import { Logger } from '@nestjs/common';
import { type RedisConnection, explainRefusal, pauseAfter, replyCode } from '../connection/index.js';
import { errorText } from '../errors/index.js';
import type { ConsumerStatus } from './mechanism.interface.js';

/** The policy says that reading must not go on. */
export class StopReading extends Error {}

/** Reading must not even begin: the application is not to start. `cause` says why. */
export class RefuseToStart extends StopReading {}

/** What a reading loop has failed with: said once until it changes, shown in health, and met with growing pauses. */
export class LoopHealth {
  private readonly logger = new Logger('RedisFlowConsumer');
  private lastFailure: unknown;
  private failures = 0;
  private logged: string | undefined;
  private hasRead = false;

  constructor(
    private readonly label: string,
    private readonly connection: RedisConnection,
  ) {}

  get failure(): unknown {
    return this.lastFailure;
  }

  /** Redis can be reached again, and nothing could be asked of it yet: what it refused may still be refused. */
  reconnected(): void {
    if (this.hasEnded) return;
    this.hasRead = true;
    this.lastFailure = undefined;
  }

  /** Redis was reached and did as it was asked: whatever was wrong is over. */
  reached(): void {
    if (this.hasEnded) return;
    this.reconnected();
    this.failures = 0;
    if (this.logged !== undefined) this.logger.log(`${this.label}: reads again`);
    this.logged = undefined;
  }

  /** @returns the ms to wait before the next try. */
  failed(error: unknown): number {
    this.lastFailure = error;
    this.failures += 1;
    this.log(error);
    return pauseAfter(error, this.failures);
  }

  status(owner: string, running: number, isStopping: boolean): ConsumerStatus {
    const base = { label: `${this.label} (${owner})`, running };
    if (this.lastFailure !== undefined) return { ...base, alive: false, reason: this.reasonOf(this.lastFailure) };
    if (isStopping) return { ...base, alive: false, reason: 'stopped' };
    // A loop whose slots are all taken reads nothing, and notices nothing either.
    const { isDown, reason } = this.connection.state;
    if (isDown) return { ...base, alive: false, reason };
    return this.hasRead ? { ...base, alive: true } : { ...base, alive: false, reason: 'not started' };
  }

  /** Reading does not begin again: what comes of a read that was under way changes nothing. */
  private get hasEnded(): boolean {
    return this.lastFailure instanceof StopReading;
  }

  /** A lost connection is the connection's to log. That a read was unblocked says nothing: the next one tells why. */
  private log(error: unknown): void {
    const isStop = error instanceof StopReading;
    const code = replyCode(error);
    if ((code === undefined || code === 'UNBLOCKED') && !isStop) return;
    const text = isStop ? (error as Error).message : explainRefusal(error as Error);
    if (text === this.logged) return;
    this.logged = text;
    if (isStop) this.logger.error(`${this.label}: reading has stopped: ${text}`);
    else this.logger.warn(`${this.label}: ${text}; trying again`);
  }

  /** What the connection knows of its end says more than what a command met. */
  private reasonOf(failure: unknown): string {
    const { state } = this.connection;
    return replyCode(failure) === undefined && !state.isUp ? state.reason : reasonText(failure);
  }
}

/** For health: also what to do about it. */
function reasonText(failure: unknown): string {
  const isRefusal = failure instanceof Error && replyCode(failure) !== undefined;
  return isRefusal ? explainRefusal(failure) : errorText(failure);
}
