import type { ResolvedStreamOptions } from '../../options/index.js';
import { HeldNews, type NewsOutlets } from '../held/held-news.js';
import type { ConsumerRequest } from '../mechanism.interface.js';

/** Says what happened to a stream's entries beside being handled. */
export class StreamNews extends HeldNews {
  constructor(
    protected override readonly request: ConsumerRequest<ResolvedStreamOptions>,
    outlets: NewsOutlets,
  ) {
    super(request, outlets, 'entry');
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

  private targetFacts() {
    const { connection, target: key, options } = this.request;
    return { connection: connection.name, key, ...(options.group === '' ? {} : { group: options.group }) };
  }
}
