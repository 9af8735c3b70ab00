import type { RedisConnection } from '../../connection/index.js';
import { LeaseClock } from '../held/lease-clock.js';
import { runScript } from '../producer.js';
import { NOW } from './request.scripts.js';

/** How long an answer is counted on from, in ms. After it, Redis' clock may have been set. */
const ASK_EVERY = 5_000;

/** Redis' time, asked for every few seconds and counted on in between. It is ahead by a round trip at most, never behind. */
export class RedisClock {
  private readonly clock = new LeaseClock();
  private asked: { readonly at: number; readonly time: number } | undefined;
  private asking: Promise<number> | undefined;

  constructor(
    private readonly connection: RedisConnection,
    private readonly stream: string,
  ) {}

  /** Milliseconds since 1970. @throws where Redis has to be asked and does not answer. */
  now(): number | Promise<number> {
    const { asked } = this;
    const at = this.clock.now();
    if (asked !== undefined && at - asked.at < ASK_EVERY) return asked.time + at - asked.at;
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async ask(): Promise<number> {
    const at = this.clock.now();
    const time = Number(await runScript(this.connection, NOW, [this.connection.keys.of(this.stream)], []));
    this.asked = { at, time };
    return time + this.clock.now() - at;
  }
}
