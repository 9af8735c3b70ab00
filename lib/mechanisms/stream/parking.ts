import type { Argument } from '../../connection/index.js';
import { type ScriptRunner, inDoubt } from '../held/script-runner.js';
import type { Turns } from '../turns.js';
import type { Holdings } from './holdings.js';
import { PARK, SETTLED } from './settle.scripts.js';
import { type StreamDelivery, markOf } from './stream-delivery.js';
import type { StreamGroup } from './stream.group.js';

/** What parking takes beside the group. */
export interface ParkingParts {
  readonly lease: number;
  readonly holdings: Holdings;
  /** Those of the claims. */
  readonly turns: Turns;
}

/** How many starts of its handler are counted. */
export type Attempts = (delivery: StreamDelivery) => number;

/** What the script is told of each entry. */
type Words = (delivery: StreamDelivery) => readonly Argument[];

/** Makes entries claimable by anyone, each after its delay. */
export class Parking {
  constructor(
    private readonly runner: ScriptRunner<StreamGroup>,
    private readonly parts: ParkingParts,
  ) {}

  /** With `attempts` starts counted. @returns one of `SETTLED` for each, or nothing where nobody waits any more. */
  async park(deliveries: readonly StreamDelivery[], delay: number, attempts: Attempts): Promise<readonly number[]> {
    const wordsOf = (delivery: StreamDelivery) => [delivery.id, delay, attempts(delivery) + 1, markOf(delivery)];
    const send = (isFirst: boolean) =>
      isFirst ? this.send(deliveries, wordsOf) : this.parts.turns.take(() => this.sendHeld(deliveries, wordsOf));
    const states = await this.runner.until(send, {
      what: `handing back ${deliveries.length} entries of ${this.runner.home.key}`,
      inDoubt: inDoubt.states,
      nothing: deliveries.map(() => SETTLED.notOurs),
    });
    return (states as number[] | undefined) ?? [];
  }

  private async send(deliveries: readonly StreamDelivery[], wordsOf: Words): Promise<number[]> {
    const { keys } = this.runner.home;
    const args = [this.parts.lease, ...deliveries.flatMap(wordsOf)];
    return (await this.runner.home.run(PARK, [keys.parked, keys.progress], args)) as number[];
  }

  /** What was parked already, and has been claimed by us again, is another delivery's now: it may be handled. */
  private async sendHeld(deliveries: readonly StreamDelivery[], wordsOf: Words): Promise<number[]> {
    const held = deliveries.filter((delivery) => this.parts.holdings.isHeldBy(delivery));
    const states = held.length === 0 ? [] : await this.send(held, wordsOf);
    const stateOf = new Map(held.map((delivery, index) => [delivery, states[index]]));
    return deliveries.map((delivery) => stateOf.get(delivery) ?? SETTLED.done);
  }
}
