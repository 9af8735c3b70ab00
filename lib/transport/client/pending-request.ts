import type { WritePacket } from '@nestjs/microservices';
import { RequestTimeoutError } from '../../errors/index.js';
import type { Reply } from '../../message/index.js';

/** What a request does when it is over without its caller having asked for that. */
export interface PendingRequestHost {
  /** It has come to its end, whoever ended it. */
  readonly forget: () => void;
  /** Its handler need not go on. */
  readonly cancel: () => void;
}

/** A request that waits for replies. */
export class PendingRequest {
  private readonly timer: NodeJS.Timeout;
  /** Set while it looks a last time for a reply. */
  private look: NodeJS.Immediate | undefined;
  private isOver = false;

  constructor(
    readonly pattern: string,
    timeout: number,
    private readonly callback: (packet: WritePacket) => void,
    private readonly host: PendingRequestHost,
  ) {
    const giveUp = (): void => this.giveUp(new RequestTimeoutError(pattern, timeout));
    // A process that was held up has not looked yet at a reply that has come: it does so in this turn.
    this.timer = setTimeout(() => (this.look = setImmediate(giveUp)), timeout);
  }

  /** Whether nobody waits for a reply any more. */
  get over(): boolean {
    return this.isOver;
  }

  receive({ type, data }: Reply): void {
    if (type === 'value') {
      clearImmediate(this.look);
      this.timer.refresh();
      this.callback({ response: data });
      return;
    }
    this.end();
    if (type === 'error') this.callback({ err: data, isDisposed: true });
    else this.callback(type === 'last' ? { response: data, isDisposed: true } : { isDisposed: true });
  }

  /** It is not waited for any longer, and its handler need not go on. */
  giveUp(err: unknown): void {
    this.host.cancel();
    this.fail(err);
  }

  fail(err: unknown): void {
    if (this.isOver) return;
    this.end();
    this.callback({ err, isDisposed: true });
  }

  /** Its caller has unsubscribed; when it has come to its end that means nothing. */
  readonly unsubscribe = (): void => {
    if (this.isOver) return;
    this.end();
    this.host.cancel();
  };

  private end(): void {
    this.isOver = true;
    clearTimeout(this.timer);
    clearImmediate(this.look);
    this.host.forget();
  }
}
