import { TransactionFailedError } from '../../errors/index.js';
import type { Settlement } from '../../options/index.js';
import type { RedisTransaction } from '../redis-transaction.js';
import type { Acks } from './acks.js';
import { COMMIT } from './commit.script.js';
import type { DeadLetters, Fence } from './dead-letters.js';
import { type ScriptRunner, inDoubt } from '../held/script-runner.js';
import type { Attempts, Parking } from './parking.js';
import { ACK_OURS, LET_GO, SETTLED } from './settle.scripts.js';
import { type StreamDelivery, markOf } from './stream-delivery.js';
import type { StreamGroup } from './stream.group.js';
import type { StreamLeases } from './stream.leases.js';
import type { StreamNews } from './stream.news.js';

/** What settling takes beside the group. */
export interface SettlerParts {
  /** How long the marks of `'once'` last, in ms; undefined for any other policy. */
  readonly window: number | undefined;
  readonly deadLetters: DeadLetters;
  /** Whether messages that are given up are kept. */
  readonly keepsDeadLetters: boolean;
  readonly acks: Acks;
  readonly leases: StreamLeases;
  readonly parking: Parking;
  readonly onLost: (delivery: StreamDelivery) => void;
  readonly news: StreamNews;
}

/** Makes the fates of one consumer's entries durable. */
export class StreamSettler {
  constructor(
    private readonly runner: ScriptRunner<StreamGroup>,
    private readonly parts: SettlerParts,
  ) {}

  /** Undefined: it will be acknowledged. */
  acknowledge(delivery: StreamDelivery): Promise<void> | undefined {
    const { writes } = delivery;
    if (writes !== undefined || delivery.isTrimmed) return this.commit(delivery, writes);
    this.parts.acks.add(delivery);
    return undefined;
  }

  /** Acknowledges before the handlers start. What is not ours any more is not handled here. */
  async acknowledgeFirst(deliveries: readonly StreamDelivery[]): Promise<void> {
    for (const delivery of deliveries) delivery.isEnding = true;
    const pending = deliveries.filter(({ isTrimmed }) => !isTrimmed);
    const missing = pending.length === 0 ? [] : await this.acknowledgeOurs(pending);
    if (missing.length > 0) await this.findOut(missing);
    for (const delivery of deliveries) {
      if (missing.includes(delivery) && !delivery.isTrimmed) this.parts.onLost(delivery);
      else delivery.isAcknowledged = true;
    }
  }

  /** Makes entries claimable by anyone, each after its delay, with `attempts` starts counted. */
  async park(deliveries: readonly StreamDelivery[], delay: number, attempts: Attempts): Promise<void> {
    const states = await this.parts.parking.park(deliveries, delay, attempts);
    for (const [index, state] of states.entries()) {
      const delivery = deliveries[index] as StreamDelivery;
      if (state === SETTLED.notOurs) this.parts.onLost(delivery);
      if (state === SETTLED.gone) await this.giveUpTrimmed(delivery);
    }
  }

  async deadLetter(delivery: StreamDelivery, settlement: Extract<Settlement, { type: 'deadLetter' }>): Promise<void> {
    const { deadLetters } = this.parts;
    const state = await this.unlessTaken(delivery, (fence) =>
      deadLetters.write(delivery, settlement, fence, markOf(delivery)),
    );
    if (state === SETTLED.notOurs) this.parts.onLost(delivery);
  }

  /** Gives up what is not kept. Undefined: it will be acknowledged. */
  drop(delivery: StreamDelivery): Promise<void> | undefined {
    if (this.parts.window !== undefined) return this.letGo(delivery);
    this.parts.acks.add(delivery);
    return undefined;
  }

  /** Frees its idempotency key, too. */
  private async letGo(delivery: StreamDelivery): Promise<void> {
    const { home: group } = this.runner;
    const state = await this.runner.run({
      what: `dropping entry ${delivery.id} of ${group.key}`,
      script: LET_GO,
      keys: [group.keys.progress],
      args: [delivery.id, markOf(delivery)],
      inDoubt: inDoubt.state,
      nothing: SETTLED.notOurs,
    });
    if (state === SETTLED.notOurs) this.parts.onLost(delivery);
  }

  /** Nobody can have the entry any more, but we have its bytes. */
  private async giveUpTrimmed(delivery: StreamDelivery): Promise<void> {
    delivery.isTrimmed = true;
    this.parts.news.lostPending([delivery.id]);
    if (this.parts.keepsDeadLetters) await this.deadLetter(delivery, { type: 'deadLetter', reason: 'lost' });
    else await this.letGo(delivery);
  }

  /** @returns those that are not pending for us. */
  private async acknowledgeOurs(deliveries: readonly StreamDelivery[]): Promise<StreamDelivery[]> {
    const ids = deliveries.map(({ id }) => id);
    const reply = await this.runner.run({
      what: `acknowledging ${ids.length} entries of ${this.runner.home.key}`,
      script: ACK_OURS,
      keys: [],
      args: ids,
      inDoubt: inDoubt.lost,
      nothing: ids,
    });
    const missing = new Set((Array.isArray(reply) ? reply : []).map(String));
    return deliveries.filter(({ id }) => missing.has(id));
  }

  /** Settles it, and once more where it is not pending for us because it was trimmed. */
  private async unlessTaken(delivery: StreamDelivery, settle: (fence: Fence) => Promise<unknown>): Promise<unknown> {
    const fence = fenceOf(delivery);
    const state = await settle(fence);
    if (fence !== 'ours' || (state !== SETTLED.notOurs && state !== SETTLED.unclear)) return state;
    await this.findOut([delivery]);
    return delivery.isTrimmed ? settle('gone') : state;
  }

  /**
   * Whether they are another's, or were trimmed: a heartbeat takes such entries off the pending list, and its reply may still
   * be on the way, or lost.
   */
  private async findOut(deliveries: readonly StreamDelivery[]): Promise<void> {
    await this.runner.until(() => this.parts.leases.renewSome(deliveries), {
      what: `finding out who has ${deliveries.length} entries of ${this.runner.home.key}`,
      inDoubt: (reply) => reply,
      nothing: undefined,
    });
  }

  private async commit(delivery: StreamDelivery, writes: RedisTransaction | undefined): Promise<void> {
    const { once, id } = delivery;
    const rest = [this.parts.window ?? 0, once?.hash ?? '', ...(writes?.words() ?? [])];
    const keys = once === undefined ? [] : [this.runner.home.keys.progress, once.mark];
    const reply = await this.unlessTaken(delivery, (fence) =>
      this.runner.run({
        what: `applying the transaction of entry ${id} of ${this.runner.home.key}`,
        script: COMMIT,
        keys,
        args: [id, fence, ...rest],
        // That it is gone may be our own doing then.
        argsAgain: [id, 'ours', ...rest],
        inDoubt: inDoubt.state,
        nothing: SETTLED.notOurs,
      }),
    );
    if (reply === SETTLED.notOurs) this.parts.onLost(delivery);
    if (!Array.isArray(reply)) return;
    const [index, why] = reply as [number, Buffer];
    throw new TransactionFailedError(index - 1, String(writes?.nameOf(index - 1)), {
      cause: new Error(why.toString()),
    });
  }
}

function fenceOf({ isAcknowledged, isTrimmed }: StreamDelivery): Fence {
  if (isAcknowledged) return 'none';
  return isTrimmed ? 'gone' : 'ours';
}
