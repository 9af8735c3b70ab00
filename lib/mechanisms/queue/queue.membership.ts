import { randomUUID } from 'node:crypto';
import type { Logger } from '@nestjs/common';
import type { RedisConnection } from '../../connection/index.js';
import type { ResolvedQueueOptions } from '../../options/index.js';
import type { QueueKeys } from './queue-keys.js';
import { EXPIRED, LEAVE, RECOVER, RENEW } from './queue.scripts.js';

/** The most jobs that one call puts back. */
const RECOVER_COUNT = 100;

/** The leases of a queue's consumers: keeps our own, and puts back what those without one had taken. */
export class QueueMembership {
  constructor(
    private readonly keys: QueueKeys,
    private readonly consumer: string,
    private readonly options: ResolvedQueueOptions,
    private readonly connection: RedisConnection,
    private readonly logger: Logger,
  ) {}

  /** Whoever had this name before us is gone: what it left is handed out again, with its attempts counted. */
  async join(): Promise<void> {
    await this.renewFor(0, true);
    await this.recover(this.consumer);
    await this.rejoin();
  }

  /** Resolves with false where the lease had run out: others may have put back what we hold. */
  renew(): Promise<boolean> {
    return this.renewFor(this.options.lease, false);
  }

  async rejoin(): Promise<void> {
    await this.renewFor(this.options.lease, true);
  }

  async recoverExpired(): Promise<void> {
    const client = await this.connection.command();
    for (const name of (await EXPIRED.run(client, [this.keys.consumers], [])) as Buffer[])
      await this.recover(name.toString());
  }

  async leave(): Promise<void> {
    const client = await this.connection.command();
    await LEAVE.run(client, [this.keys.consumers, this.keys.processing(this.consumer)], [this.consumer]);
  }

  private async renewFor(lease: number, isJoining: boolean): Promise<boolean> {
    const client = await this.connection.command();
    return (await RENEW.run(client, [this.keys.consumers], [this.consumer, lease, isJoining ? 1 : 0])) === 1;
  }

  /** Whoever notices does it, once. */
  private async recover(consumer: string): Promise<void> {
    const client = await this.connection.command();
    const { consumers, queue } = this.keys;
    const keys = [consumers, this.keys.processing(consumer), queue];
    const newIds = () => Array.from({ length: RECOVER_COUNT }, () => randomUUID());
    let moved = RECOVER_COUNT;
    let total = 0;
    while (moved === RECOVER_COUNT) {
      moved = Number(await RECOVER.run(client, keys, [this.options.order, consumer, ...newIds()]));
      total += moved;
    }
    if (total > 0)
      this.logger.warn(`queue "${queue}": ${total} jobs of ${consumer}, which is gone, are back in the queue`);
  }
}
