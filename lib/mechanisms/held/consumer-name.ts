import { ConsumerNameTakenError } from '../../errors/index.js';
import type { ResolvedQueueOptions, ResolvedStreamOptions } from '../../options/index.js';
import { RefuseToStart, StopReading } from '../loop-health.js';
import type { ConsumerRequest } from '../mechanism.interface.js';
import { NameLease } from './name-lease.js';

/** The name under which a consumer holds its messages. One that the user chose is held, too; any other is its own. */
export class ConsumerName {
  private readonly lease: NameLease | undefined;
  private lost: StopReading | undefined;

  /** @param onLost reading must not go on. */
  constructor(
    private readonly request: ConsumerRequest<ResolvedQueueOptions | ResolvedStreamOptions>,
    private readonly label: string,
    private readonly onLost: (reason: StopReading) => void,
  ) {
    const { connection, target, consumer, isConsumerNamed, options } = request;
    if (!isConsumerNamed) return;
    const owner = 'group' in options ? `${options.group}:${consumer}` : consumer;
    const key = connection.keys.derived(target, `consumer:${owner}`);
    this.lease = new NameLease(connection, key, () => this.taken());
  }

  /** Whether another process works under it by now: what we held is its own. */
  get isLost(): boolean {
    return this.lost !== undefined;
  }

  /** @throws RefuseToStart where a living process has it. */
  async take(): Promise<void> {
    if (this.lease === undefined || (await this.lease.take())) return;
    const cause = new ConsumerNameTakenError(this.request.consumer, this.label);
    throw new RefuseToStart(cause.message, { cause });
  }

  /** Makes sure of it after a time without Redis. @throws StopReading where it is lost. */
  async keep(): Promise<void> {
    if (this.lease !== undefined && !(await this.lease.renew())) throw this.lost as StopReading;
  }

  /** Waits for it no more. */
  giveUp(): void {
    this.lease?.giveUp();
  }

  /** Renews it no more. */
  stop(): void {
    this.lease?.stop();
  }

  async free(): Promise<void> {
    await this.lease?.free();
  }

  private taken(): void {
    if (this.lost !== undefined) return;
    this.lost = new StopReading(
      `the consumer name "${this.request.consumer}" is lost to another process: it was not renewed in time, as the ` +
        `process stood still or was without Redis, or Redis evicted its key. Restart this process, or leave option ` +
        `"consumer" out`,
    );
    this.onLost(this.lost);
  }
}
