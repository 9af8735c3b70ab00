import { TransactionFailedError } from '../../errors/index.js';
import type { Settlement } from '../../options/index.js';
import type { Argument } from '../../connection/index.js';
import type { RedisTransaction } from '../redis-transaction.js';
import type { Turns } from '../turns.js';
import type { Acks } from './acks.js';
import { COMMIT } from './commit.script.js';
import type { DeadLetters, Fence } from './dead-letters.js';
import { type ScriptRunner, inDoubt } from '../held/script-runner.js';
import type { Holdings } from './holdings.js';
import { ACK_OURS, LET_GO, PARK, SETTLED } from './settle.scripts.js';
import type { StreamDelivery } from './stream-delivery.js';
import type { StreamGroup } from './stream.group.js';
import type { StreamLeases } from './stream.leases.js';
import type { StreamNews } from './stream.news.js';

/** What settling takes beside the group. */
export interface SettlerParts {
  readonly lease: number;
  /** How long the marks of `'once'` last, in ms; undefined for any other policy. */
  readonly window: number | undefined;
  readonly deadLetters: DeadLetters;
  /** Whether messages that are given up are kept. */
  readonly keepsDeadLetters: boolean;
  readonly acks: Acks;
  readonly holdings: Holdings;
  readonly leases: StreamLeases;
  /** Those of the claims. */
  readonly turns: Turns;
  readonly onLost: (delivery: StreamDelivery) => void;
  readonly news: StreamNews;
}

/** What the script that parks is told of each entry. */
type ParkWords = (delivery: StreamDelivery) => readonly Argument[];

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
    if (deliveries.length === 0) return;
    const ids = deliveries.map(({ id }) => id);
    const what = `acknowledging ${ids.length} entries of ${this.runner.home.key}`;
    const reply = await this.runner.run({
      what,
      script: ACK_OURS,
      keys: [],
      args: ids,
      inDoubt: inDoubt.lost,
      nothing: ids,
    });
    const lost = new Set((Array.isArray(reply) ? reply : []).map(String));
    for (const delivery of deliveries) {
      if (lost.has(delivery.id)) this.parts.onLost(delivery);
      else delivery.isAcknowledged = true;
    }
  }

  /** Makes entries claimable by anyone, each after its delay, with `attempts` starts counted. */
  async park(
    deliveries: readonly StreamDelivery[],
    delay: number,
    attempts: (delivery: StreamDelivery) => number,
  ): Promise<void> {
    const wordsOf = (delivery: StreamDelivery) => [delivery.id, delay, attempts(delivery) + 1, markOf(delivery)];
    const send = (isFirst: boolean) =>
      isFirst ? this.sendPark(deliveries, wordsOf) : this.parts.turns.take(() => this.parkHeld(deliveries, wordsOf));
    const settled = (await this.runner.until(send, {
      what: `handing back ${deliveries.length} entries of ${this.runner.home.key}`,
      inDoubt: inDoubt.states,
      nothing: deliveries.map(() => SETTLED.notOurs),
    })) as number[] | undefined;
    for (const [index, state] of settled?.entries() ?? []) {
      const delivery = deliveries[index] as StreamDelivery;
      if (state === SETTLED.notOurs) this.parts.onLost(delivery);
      if (state === SETTLED.gone) await this.giveUpTrimmed(delivery);
    }
  }

  private async sendPark(deliveries: readonly StreamDelivery[], wordsOf: ParkWords): Promise<number[]> {
    const { keys } = this.runner.home;
    const args = [this.parts.lease, ...deliveries.flatMap(wordsOf)];
    return (await this.runner.home.run(PARK, [keys.parked, keys.progress], args)) as number[];
  }

  /** What was parked already, and has been claimed by us again, is another delivery's now: it may be handled. */
  private async parkHeld(deliveries: readonly StreamDelivery[], wordsOf: ParkWords): Promise<number[]> {
    const held = deliveries.filter((delivery) => this.parts.holdings.isHeldBy(delivery));
    const states = held.length === 0 ? [] : await this.sendPark(held, wordsOf);
    const stateOf = new Map(held.map((delivery, index) => [delivery, states[index]]));
    return deliveries.map((delivery) => stateOf.get(delivery) ?? SETTLED.done);
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

  /**
   * Settles it, and once more where it is not pending for us because it was trimmed: a heartbeat takes such an entry off the
   * pending list, and its reply may still have been on the way.
   */
  private async unlessTaken(delivery: StreamDelivery, settle: (fence: Fence) => Promise<unknown>): Promise<unknown> {
    const fence = fenceOf(delivery);
    const state = await settle(fence);
    if (state !== SETTLED.notOurs || fence !== 'ours') return state;
    await this.runner.until(() => this.parts.leases.renewOne(delivery), {
      what: `finding out who has entry ${delivery.id} of ${this.runner.home.key}`,
      inDoubt: (reply) => reply,
      nothing: undefined,
    });
    return delivery.isTrimmed ? settle('gone') : state;
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

const markOf = ({ once }: StreamDelivery): string => once?.mark ?? '';

function fenceOf({ isAcknowledged, isTrimmed }: StreamDelivery): Fence {
  if (isAcknowledged) return 'none';
  return isTrimmed ? 'gone' : 'ours';
}
