import type { Logger } from '@nestjs/common';
import { type RedisConnection, type Script, replyCode } from '../../connection/index.js';
import type { Delivery } from '../../delivery/index.js';
import { type Settlement, deadLetterHeaders } from '../../policies/index.js';
import { untilDone } from '../until-done.js';
import { AckBatch } from './ack-batch.js';
import { deadLetterFields } from './dead-letter-fields.js';
import type { HeldEntries } from './held-entries.js';
import type { Entry, StreamGroup } from './stream.group.js';
import { DEAD_LETTER, PARK } from './stream.scripts.js';

/** Redis' answers that say that there is nothing left to settle. */
const GONE = ['NOGROUP', 'WRONGTYPE'];

/** Makes the fates of one consumer's entries durable. */
export class StreamSettler {
  isAbandoned = false;
  private readonly acks: AckBatch;

  constructor(
    private readonly group: StreamGroup,
    private readonly held: HeldEntries,
    private readonly options: { readonly lease: number; readonly deadLetters: string },
    private readonly connection: RedisConnection,
    private readonly logger: Logger,
  ) {
    this.acks = new AckBatch((ids) => this.acknowledge(ids));
  }

  /** Resolves with the ms after which the entry is due again, or undefined. */
  async settle(entry: Entry, delivery: Delivery, settlement: Settlement): Promise<number | undefined> {
    const { id } = entry;
    if (!this.held.isRunning(id)) return undefined;
    const due = await this.apply(entry, delivery, settlement);
    if (due === undefined) this.held.end(id);
    else this.held.park(id, { due: Date.now() + due, attempts: delivery.attempt });
    return due;
  }

  /**
   * Parks an entry: it becomes claimable by anyone after `delay` ms. A delay longer than the lease is renewed by
   * heartbeats; without them the entry is due when the lease is over.
   */
  async park(id: string, delay: number, attempts: number): Promise<void> {
    const idle = Math.max(0, this.options.lease - delay);
    await this.untilDone(id, PARK, [this.group.key], [idle, attempts]);
  }

  private async apply(entry: Entry, delivery: Delivery, settlement: Settlement): Promise<number | undefined> {
    switch (settlement.type) {
      case 'ack':
      case 'drop':
        await this.acks.add(entry.id);
        return undefined;
      case 'retry':
        await this.park(entry.id, settlement.delay, delivery.attempt);
        return settlement.delay;
      case 'release':
        await this.park(entry.id, 0, delivery.attempt - 1);
        return undefined;
      case 'deadLetter': {
        const fields = deadLetterFields(entry.fields, deadLetterHeaders(settlement, delivery));
        await this.untilDone(entry.id, DEAD_LETTER, [this.group.key, this.options.deadLetters], fields);
        return undefined;
      }
    }
  }

  private async acknowledge(ids: readonly string[]): Promise<void> {
    const send = () => this.group.acknowledge(ids).catch(ignoreGone);
    await untilDone(
      `acknowledging ${ids.length} entries of ${this.group.key}`,
      send,
      () => this.isAbandoned,
      this.logger,
    );
  }

  private async untilDone(
    id: string,
    script: Script,
    keys: string[],
    args: (string | number | Buffer)[],
  ): Promise<void> {
    const { group, consumer, key } = this.group;
    const run = async () => script.run(await this.connection.command(), keys, [group, consumer, id, ...args]);
    // The dead letters can be of the wrong type as well, and then nothing may be given up.
    const send = () =>
      run().catch((error: unknown) => (replyCode(error) === 'NOGROUP' ? 0 : Promise.reject(error as Error)));
    const isMine = await untilDone(`settling entry ${id} of ${key}`, send, () => this.isAbandoned, this.logger);
    if (isMine === 0) this.logger.warn(`entry ${id} of ${key} had been taken over by another consumer`);
  }
}

function ignoreGone(error: unknown): void {
  if (!GONE.includes(replyCode(error) ?? '')) throw error;
}
