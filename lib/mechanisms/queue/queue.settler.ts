import type { Logger } from '@nestjs/common';
import type { RedisConnection, Script } from '../../connection/index.js';
import type { Delivery } from '../../delivery/index.js';
import type { ResolvedQueueOptions } from '../../options/index.js';
import type { Settlement } from '../../options/index.js';
import { deadLetterHeaders } from '../../policies/index.js';
import { untilDone } from '../until-done.js';
import type { HeldJobs } from './held-jobs.js';
import { type Job, attemptedItem, deadLetterItem } from './job.js';
import type { QueueKeys } from './queue-keys.js';
import { DELAY, MOVE } from './queue.scripts.js';

/** Makes the fates of one consumer's jobs durable. A job is settled only while it lies in the consumer's own list. */
export class QueueSettler {
  isAbandoned = false;
  private readonly processing: string;

  constructor(
    private readonly keys: QueueKeys,
    consumer: string,
    private readonly order: ResolvedQueueOptions['order'],
    private readonly held: HeldJobs,
    private readonly connection: RedisConnection,
    private readonly logger: Logger,
  ) {
    this.processing = keys.processing(consumer);
  }

  /** Resolves with the ms after which the job is due again, or undefined. */
  async settle(job: Job, delivery: Delivery, settlement: Settlement): Promise<number | undefined> {
    if (!this.held.has(job)) return undefined;
    await this.apply(job, delivery, settlement);
    this.held.end(job);
    return settlement.type === 'retry' ? settlement.delay : undefined;
  }

  private async apply(job: Job, delivery: Delivery, settlement: Settlement): Promise<void> {
    const { keys, processing, order } = this;
    switch (settlement.type) {
      case 'ack':
      case 'drop':
        // From the right, where the oldest job lies, as that is done first most often.
        return this.untilDone(job, async () => (await this.connection.command()).lrem(processing, -1, job.raw));
      case 'retry': {
        const args = [job.raw, attemptedItem(job, delivery.attempt), settlement.delay];
        return this.run(job, DELAY, [processing, keys.delayed], args);
      }
      case 'release': {
        const item = delivery.attempt === 1 ? job.raw : attemptedItem(job, delivery.attempt - 1);
        return this.run(job, MOVE, [processing, keys.queue], [order, job.raw, item]);
      }
      case 'deadLetter': {
        const item = deadLetterItem(job, delivery.attempt, deadLetterHeaders(settlement, delivery));
        return this.run(job, MOVE, [processing, keys.deadLetters], ['lifo', job.raw, item]);
      }
    }
  }

  private run(job: Job, script: Script, keys: string[], args: (string | number | Buffer)[]): Promise<void> {
    return this.untilDone(job, async () => script.run(await this.connection.command(), keys, args));
  }

  private async untilDone(job: Job, action: () => Promise<unknown>): Promise<void> {
    const what = `settling job ${job.id} of ${this.keys.queue}`;
    const settled = await untilDone(what, action, () => this.isAbandoned, this.logger);
    if (settled === 0) this.logger.warn(`job ${job.id} of ${this.keys.queue} had been taken over by another consumer`);
  }
}
