import { randomUUID } from 'node:crypto';
import type { Settlement } from '../../options/index.js';
import { DEAD_LETTER_HEADERS, deadLetterHeaders } from '../../policies/index.js';
import type { HeldNews } from '../held/held-news.js';
import { type ScriptRun, type ScriptRunner, inDoubt } from '../held/script-runner.js';
import { SETTLED } from '../held/settled.js';
import { type NewHead, attemptedHead, deadLetterHead, withHead } from './job.js';
import { chunksOf } from '../chunks.js';
import type { QueueDelivery } from './queue-delivery.js';
import type { QueueLists } from './queue-lists.js';
import { DEAD_LETTER, LET_GO, MOVE, RETRY } from './settle.scripts.js';
import { PROGRESS, progressArgs } from './take.scripts.js';

/** Leaves an item as it is. */
const AS_IT_IS = ['', ''] as const;

/** Makes the fates of one consumer's jobs durable, but for plain acks. */
export class QueueSettler {
  constructor(
    private readonly runner: ScriptRunner<QueueLists>,
    private readonly news: HeldNews,
    private readonly onLost: (delivery: QueueDelivery) => void,
    /** From now on: whether nobody can have taken over what we hold. */
    private readonly watchLease: () => () => boolean,
  ) {}

  /** Removes jobs before their handlers start. What is not ours any more is not handled here. */
  async acknowledgeFirst(deliveries: readonly QueueDelivery[]): Promise<void> {
    if (deliveries.length === 0) return;
    for (const delivery of deliveries) delivery.isEnding = true;
    const what = `acknowledging ${deliveries.length} jobs of ${this.lists.keys.queue}`;
    const args = progressArgs({ acked: deliveries.map(({ job }) => job.raw) });
    // Where nobody can have taken them over meanwhile, that they are not there was our own doing.
    const isKept = this.watchLease();
    const reread = (reply: unknown): unknown => (isKept() ? inDoubt.lost() : reply);
    const run = { what, script: PROGRESS, keys: [], args, inDoubt: reread, nothing: [] };
    const lost = new Set((await this.runner.run(run)) as number[] | undefined);
    for (const [index, delivery] of deliveries.entries()) {
      if (lost.has(index + 1)) this.onLost(delivery);
      else delivery.isAcknowledged = true;
    }
  }

  /** Makes it due again after a delay, with its attempts counted. */
  async retry(delivery: QueueDelivery, delay: number): Promise<void> {
    const { job, attempt } = delivery;
    const { head, length } = attemptedHead(job, attempt);
    const args = [job.raw, head, length, delay, ...keyOf(delivery)];
    await this.settle(delivery, 'delaying', { script: RETRY, keys: [this.lists.keys.delayed], args });
  }

  /** Puts it back among what is taken, with its attempts counted: it is tried again here. */
  async hold(delivery: QueueDelivery): Promise<void> {
    const { job, attempt } = delivery;
    const counted = attemptedHead(job, attempt);
    // Before those that were taken after it: so it is also put back to the queue where this process dies.
    await this.move([delivery], 'LPUSH', this.lists.taken, () => counted);
    if (!delivery.isLost) delivery.again(withHead(job, counted));
  }

  /** Puts jobs back to the front of the queue as if they had not been taken, the first one first. */
  async release(deliveries: readonly QueueDelivery[]): Promise<void> {
    const front = this.lists.order === 'fifo' ? 'RPUSH' : 'LPUSH';
    for (const chunk of chunksOf(deliveries.toReversed())) await this.move(chunk, front, this.lists.keys.queue);
  }

  async deadLetter(delivery: QueueDelivery, settlement: Extract<Settlement, { type: 'deadLetter' }>): Promise<void> {
    const { job, isAcknowledged } = delivery;
    const facts = deadLetterHeaders(settlement, delivery);
    const { line, headers, length } = deadLetterHead(job, facts);
    const fence = isAcknowledged ? 'none' : 'ours';
    const words = [line, headers, DEAD_LETTER_HEADERS.lastAt, length];
    const args = [job.raw, fence, ...words, ...keyOf(delivery)];
    const onRefused = (error: unknown): void => this.news.deadLetterFailed(delivery, error);
    const { keys } = this.lists;
    const run = { script: DEAD_LETTER, keys: [keys.deadLetters, keys.written(randomUUID())], args, onRefused };
    await this.settle(delivery, 'writing the dead letter of', run);
    this.news.deadLetterWritten(delivery);
  }

  /** Removes it, and frees its idempotency key. */
  async letGo(delivery: QueueDelivery): Promise<void> {
    const args = [delivery.job.raw, ...keyOf(delivery)];
    await this.settle(delivery, 'dropping', { script: LET_GO, keys: [this.lists.keys.queue], args });
  }

  private get lists(): QueueLists {
    return this.runner.home;
  }

  private async move(
    deliveries: readonly QueueDelivery[],
    command: 'LPUSH' | 'RPUSH',
    list: string,
    head?: (delivery: QueueDelivery) => NewHead,
  ): Promise<void> {
    const words = deliveries.flatMap((delivery) => {
      const changed = head?.(delivery);
      // On hold it stays in progress.
      const key = changed === undefined ? keyOf(delivery) : ['', ''];
      return [delivery.job.raw, ...(changed === undefined ? AS_IT_IS : [changed.head, changed.length]), ...key];
    });
    const settled = (await this.runner.run({
      what: `handing back ${deliveries.length} jobs of ${this.lists.keys.queue}`,
      script: MOVE,
      keys: [list, this.lists.keys.progress],
      args: [command, ...words],
      inDoubt: inDoubt.states,
      nothing: [],
    })) as number[] | undefined;
    for (const [index, state] of settled?.entries() ?? [])
      if (state === SETTLED.notOurs) this.onLost(deliveries[index] as QueueDelivery);
  }

  private async settle(
    delivery: QueueDelivery,
    doing: string,
    run: Pick<ScriptRun, 'script' | 'keys' | 'args' | 'onRefused'>,
  ): Promise<void> {
    const { queue, progress } = this.lists.keys;
    const state = await this.runner.run({
      ...run,
      keys: [...run.keys, progress],
      what: `${doing} job ${delivery.id} of ${queue}`,
      inDoubt: inDoubt.state,
      nothing: SETTLED.notOurs,
    });
    if (state === SETTLED.notOurs) this.onLost(delivery);
  }
}

/** Its idempotency key, or nothing, and its id. */
const keyOf = ({ once, id }: QueueDelivery): readonly [string, string] => [once?.key ?? '', id];
