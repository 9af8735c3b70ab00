import type { Logger } from '@nestjs/common';
import { errorText } from '../../errors/index.js';
import type { Source } from '../../message/index.js';
import type { ConsumerRequest } from '../mechanism.interface.js';

/** Which message something happened to. */
export interface NewsSubject {
  readonly id: string;
  readonly source: Source;
  readonly attempt: number;
}

/** Where news go beside the events. */
export interface NewsOutlets {
  readonly label: string;
  readonly logger: Logger;
  readonly setDegraded: (reason: string | undefined) => void;
}

/** Who wants to know that dead letters cannot be written. */
export interface DeadLetterNews {
  deadLetterFailed(delivery: NewsSubject, error: unknown): void;
  deadLetterWritten(delivery: NewsSubject): void;
}

/** Who wants to know that Redis refuses acknowledgements. */
export interface AckNews {
  acksRefused(error: unknown): void;
  acksWork(): void;
}

/** Says what happened to a consumer's messages beside being handled: in the log, as events, and in health. */
export class HeldNews implements DeadLetterNews, AckNews {
  /** Why health is degraded, by what fails: the dead letter of a message, or acknowledgements. */
  private readonly troubles = new Map<NewsSubject | 'acks', string>();

  constructor(
    protected readonly request: Pick<ConsumerRequest, 'connection' | 'owner' | 'report' | 'target'>,
    protected readonly outlets: NewsOutlets,
    /** What a message is called here. */
    private readonly noun: 'entry' | 'job',
  ) {}

  leaseLost(delivery: NewsSubject): void {
    this.warnTaken(delivery, 'was taken over by another consumer');
  }

  /** It had been handled, and was not ours any more when that was to be acknowledged. */
  ackLost(delivery: NewsSubject): void {
    this.warnTaken(delivery, 'was taken over by another consumer before it was acknowledged');
  }

  duplicate(delivery: NewsSubject & { readonly onceKey: string | undefined }): void {
    const idempotencyKey = delivery.onceKey ?? delivery.id;
    this.request.report({ ...this.messageFacts(delivery), type: 'duplicate', idempotencyKey });
  }

  deadLetterFailed(delivery: NewsSubject, error: unknown): void {
    const isFirst = !this.troubles.has(delivery);
    const what = `the dead letter of ${this.noun} ${delivery.id}`;
    this.begin(delivery, `${what} cannot be written (${errorText(error)})`);
    if (isFirst) this.request.report({ ...this.messageFacts(delivery), type: 'deadLetterFailed', error });
  }

  deadLetterWritten(delivery: NewsSubject): void {
    this.end(delivery);
  }

  acksRefused(error: unknown): void {
    this.begin('acks', `what is done cannot be acknowledged (${errorText(error)})`);
  }

  acksWork(): void {
    this.end('acks');
  }

  private begin(what: NewsSubject | 'acks', reason: string): void {
    this.troubles.set(what, reason);
    this.outlets.setDegraded(reason);
  }

  private end(what: NewsSubject | 'acks'): void {
    if (this.troubles.delete(what)) this.outlets.setDegraded([...this.troubles.values()].at(-1));
  }

  private warnTaken(delivery: NewsSubject, what: string): void {
    this.outlets.logger.warn(`${this.outlets.label}: ${this.noun} ${delivery.id} ${what}`);
    this.request.report({ ...this.messageFacts(delivery), type: 'leaseLost' });
  }

  private messageFacts({ id, attempt, source }: NewsSubject) {
    return { connection: this.request.connection.name, handler: this.request.owner, source, id, attempt };
  }
}
