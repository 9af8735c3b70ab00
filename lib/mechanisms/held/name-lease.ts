import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RedisConnection, Script } from '../../connection/index.js';

/** How long a name is held without a sign of life, in ms. */
const LEASE = 6_000;
/** How often it is looked whether a name has become free, in ms. */
const LOOK_EVERY = 250;

/**
 * Takes or keeps a name. KEYS: name · ARGV: token, lease ms · returns -1 where it is ours, else the ms for which it is
 * somebody else's.
 */
const HOLD = new Script(`
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
  private renewals: NodeJS.Timeout | undefined;

  constructor(
    private readonly connection: RedisConnection,
    private readonly key: string,
  ) {}

  /**
   * Takes the name. Where another process has it, waits until its lease ends, or is seen to be renewed.
   *
   * @returns false where a living process has it.
   */
  async take(): Promise<boolean> {
    let left = await this.hold();
    while (left >= 0) {
      await sleep(Math.min(LOOK_EVERY, left + 1));
      const now = await this.hold();
      if (now > left) return false;
      left = now;
    }
    this.renewals ??= setInterval(() => void this.hold().catch(() => undefined), LEASE / 3);
    return true;
  }

  /** Renews it no more. */
  stop(): void {
    clearInterval(this.renewals);
  }

  /** Gives it back, where it was taken. */
  async free(): Promise<void> {
    if (this.renewals === undefined) return;
    await FREE.run(await this.connection.command(), [this.key], [this.token]);
  }

  private async hold(): Promise<number> {
    return Number(await HOLD.run(await this.connection.command(), [this.key], [this.token, LEASE]));
  }
}
