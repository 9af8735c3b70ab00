import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RedisConnection, Script } from '../../connection/index.js';
import { EVEN_WHEN_FULL } from './even-when-full.lua.js';

/** How long a name is held without a sign of life, in ms. */
const LEASE = 6_000;
/** How often it is looked whether a name has become free, in ms. */
const LOOK_EVERY = 250;

/**
 * Takes or keeps a name. KEYS: name · ARGV: token, lease ms · returns -1 where it is ours, else the ms for which it is
 * somebody else's.
 */
const HOLD = new Script(`${EVEN_WHEN_FULL}
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return redis.call('PTTL', KEYS[1]) end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return -1
`);

/** Gives a name back. KEYS: name · ARGV: token. */
const FREE = new Script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
`);

/** A consumer's name that the user chose: no two living processes may have it, as they would settle each other's messages. */
export class NameLease {
  private readonly token = randomUUID();
  private readonly waiting = new AbortController();
  private renewals: NodeJS.Timeout | undefined;

  /** @param onTaken another process has it by now. */
  constructor(
    private readonly connection: RedisConnection,
    private readonly key: string,
    private readonly onTaken: () => void,
  ) {}

  /**
   * Takes the name. Where another process has it, waits until its lease ends, or is seen to be renewed.
   *
   * @returns false where a living process has it, and where it is not waited for any more.
   */
  async take(): Promise<boolean> {
    let left = await this.hold();
    while (left >= 0 && !this.isGivenUp) {
      await sleep(Math.min(LOOK_EVERY, left + 1), undefined, this.waiting).catch(() => undefined);
      const now = this.isGivenUp ? Infinity : await this.hold();
      if (now > left) return false;
      left = now;
    }
    if (this.isGivenUp) await this.giveBack();
    else this.renewals ??= setInterval(() => void this.renew().catch(() => undefined), LEASE / 3);
    return !this.isGivenUp;
  }

  /** Renews it, and takes it back where nobody has it. @returns false where another process has it by now. */
  async renew(): Promise<boolean> {
    if ((await this.hold()) < 0) return true;
    this.stop();
    this.onTaken();
    return false;
  }

  /** Waits for it no more. */
  giveUp(): void {
    this.waiting.abort();
  }

  /** Renews it no more. */
  stop(): void {
    this.giveUp();
    clearInterval(this.renewals);
  }

  /** Gives it back, where it was taken. */
  async free(): Promise<void> {
    if (this.renewals !== undefined) await this.giveBack();
  }

  private get isGivenUp(): boolean {
    return this.waiting.signal.aborted;
  }

  private async giveBack(): Promise<void> {
    await FREE.run(await this.connection.command(), [this.key], [this.token]);
  }

  private async hold(): Promise<number> {
    return Number(await HOLD.run(await this.connection.command(), [this.key], [this.token, LEASE]));
  }
}
