import { hash } from 'node:crypto';
import type { Marked, OnceHost } from '../held/once.js';
import { attemptedHead } from './job.js';
import { BEGIN } from './once.scripts.js';
import type { QueueDelivery } from './queue-delivery.js';
import type { QueueLists } from './queue-lists.js';

/** Where a queue keeps which idempotency keys are in progress, and which are done. */
export class QueueOnce implements OnceHost<QueueDelivery, []> {
  constructor(private readonly lists: QueueLists) {}

  markOf(key: string): string {
    return this.lists.keys.mark(key);
  }

  hashOf({ job }: QueueDelivery): string {
    return hash('sha256', job.raw.subarray(job.item.payloadStart), 'base64url');
  }

  async begin(marked: readonly Marked<QueueDelivery>[]): Promise<number[]> {
    const { keys, consumer } = this.lists;
    const names = [keys.delayed, ...marked.map(({ once }) => once.mark), keys.progress];
    const words = marked.flatMap(({ id, once, job, hasCrashed }) => {
      const { head, length } = attemptedHead(job, job.item.attempts, hasCrashed);
      return [id, once.key, once.hash, job.raw, head, length];
    });
    return (await this.lists.run(BEGIN, names, [consumer, ...words])) as number[];
  }
}
