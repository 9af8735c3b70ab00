import type { Logger } from '@nestjs/common';
import { errorText } from '../../errors/index.js';
import type { ResolvedStreamOptions } from '../../options/index.js';
import type { ConsumerRequest } from '../mechanism.interface.js';
import type { DeadLetterNews, GivenUp } from './dead-letters.js';
import type { StreamDelivery } from './stream-delivery.js';

/** Says what happened to a consumer's entries beside being handled: in the log, as events, and in health. */
export class StreamNews implements DeadLetterNews {
  private readonly failing = new Set<GivenUp>();

  constructor(
    private readonly request: ConsumerRequest<ResolvedStreamOptions>,
    private readonly outlets: {
      readonly label: string;
      readonly logger: Logger;
      readonly setDegraded: (reason: string | undefined) => void;
    },
  ) {}

  leaseLost(delivery: StreamDelivery): void {
    this.outlets.logger.warn(`${this.outlets.label}: entry ${delivery.id} was taken over by another consumer`);
    this.request.report({ ...this.messageFacts(delivery), type: 'leaseLost' });
  }

  /** An entry had been handled, and was not ours any more when that was to be acknowledged. */
  ackLost(delivery: StreamDelivery): void {
    this.outlets.logger.warn(
      `${this.outlets.label}: entry ${delivery.id} was taken over by another consumer before it was acknowledged`,
    );
    this.request.report({ ...this.messageFacts(delivery), type: 'leaseLost' });
  }

  duplicate(delivery: StreamDelivery): void {
    const idempotencyKey = delivery.onceKey ?? delivery.id;
    this.request.report({ ...this.messageFacts(delivery), type: 'duplicate', idempotencyKey });
  }

  lostPending(ids: readonly string[]): void {
    const { logger, label } = this.outlets;
    logger.error(`${label}: pending entries were trimmed or deleted and are lost: ${ids.join(', ')}`);
    this.request.report({ ...this.targetFacts(), type: 'lost', count: ids.length, ids, while: 'pending' });
  }

  lostUndelivered(count: number): void {
    const { logger, label } = this.outlets;
    logger.error(`${label}: entries were trimmed or deleted before they were read: ${count} lost`);
    this.request.report({ ...this.targetFacts(), type: 'lost', count, while: 'undelivered' });
  }

  groupMissing(recreated: '0' | '$' | undefined): void {
    this.request.report({ ...this.targetFacts(), type: 'groupMissing', recreated });
  }

  deadLetterFailed(delivery: GivenUp, error: unknown): void {
    const isFirst = !this.failing.has(delivery);
    this.failing.add(delivery);
    this.outlets.setDegraded(`the dead letter of entry ${delivery.id} cannot be written (${errorText(error)})`);
    if (isFirst) this.request.report({ ...this.messageFacts(delivery), type: 'deadLetterFailed', error });
  }

  deadLetterWritten(delivery: GivenUp): void {
    if (this.failing.delete(delivery) && this.failing.size === 0) this.outlets.setDegraded(undefined);
  }

  private messageFacts({ id, attempt, source }: Pick<GivenUp, 'id' | 'attempt' | 'source'>) {
    return { connection: this.request.connection.name, handler: this.request.owner, source, id, attempt };
  }

  private targetFacts() {
    const { connection, target: key, options } = this.request;
    return { connection: connection.name, key, ...(options.group === '' ? {} : { group: options.group }) };
  }
}
