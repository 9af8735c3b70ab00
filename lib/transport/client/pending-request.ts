import type { WritePacket } from '@nestjs/microservices';
import { Patience } from '../../connection/index.js';
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
  private readonly patience: Patience;
  private isOver = false;

  constructor(
    readonly pattern: string,
    timeout: number,
    private readonly callback: (packet: WritePacket) => void,
    private readonly host: PendingRequestHost,
  ) {
    this.patience = new Patience(timeout, () => this.giveUp(new RequestTimeoutError(pattern, timeout)));
  }

  /** Whether nobody waits for a reply any more. */
  get over(): boolean {
    return this.isOver;
  }

  receive({ type, data }: Reply): void {
    if (type === 'value') {
      this.patience.renew();
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
    this.patience.end();
    this.host.forget();
  }
}
