import type { INestApplicationContext } from '@nestjs/common';
import { Redis } from 'ioredis';
import { RedisPublisher } from 'nestjs-redis-flow';
import { keysOf } from './keys.js';
import { type Maker, MEDIA, type Medium, type MediumName } from './media/index.js';
import { type Bytes, FIRST } from './message.js';
import { publishingApp } from './publishers/flow.js';

const CHUNK = 2_000;

/** Makes the messages, in a process that handles none, and looks after what is left of them. */
export class Load {
  private constructor(
    readonly redis: Redis,
    private readonly app: INestApplicationContext,
    private readonly url: string,
  ) {}

  static async connect(url: string): Promise<Load> {
    const redis = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0 });
    redis.on('error', () => undefined);
    await redis.ping();
    return new Load(redis, await publishingApp(url), url);
  }

  /** Sends `count` messages and resolves when Redis has them. */
  async send(medium: MediumName, key: string, count: number, bytes: Bytes): Promise<void> {
    await this.fill(MEDIA[medium].fill, key, count, bytes);
  }

  /** The same for messages that are made in another way. */
  async fill(make: Medium['fill'], key: string, count: number, bytes: Bytes): Promise<void> {
    const maker: Maker = { url: this.url, redis: this.redis, publisher: this.app.get(RedisPublisher) };
    for (let sent = 0; sent < count; sent += CHUNK) {
      const first = FIRST + sent;
      await make(maker, key, { first, last: FIRST + Math.min(sent + CHUNK, count) - 1, bytes });
    }
  }

  /** @throws when Redis still holds one of the messages, or has not handed out each of them. */
  async verify(medium: MediumName, key: string, count: number): Promise<void> {
    const rules = MEDIA[medium];
    const unsettled = await rules.left(this.redis, key);
    if (unsettled > 0) throw new Error(`${unsettled} messages were handled and not acknowledged`);
    const kept = (await keysOf(this.redis, key)).filter((name) => !rules.mayKeep(key, name));
    if (kept.length > 0) throw new Error(`Redis still keeps ${kept.join(', ')}`);
    await rules.verify?.(this.redis, key, count);
  }

  /** Deletes every key whose name begins with `prefix`. */
  async clear(prefix: string): Promise<void> {
    const keys = await keysOf(this.redis, prefix);
    for (let from = 0; from < keys.length; from += CHUNK) await this.redis.unlink(...keys.slice(from, from + CHUNK));
  }

  /** `Redis 7.0.15`, or what else answers. */
  async server(): Promise<string> {
    const info = await this.redis.info('server');
    const find = (field: string) => new RegExp(`^${field}:(.*?)\r?$`, 'm').exec(info)?.[1];
    const valkey = find('valkey_version');
    return valkey === undefined ? `Redis ${find('redis_version')}` : `Valkey ${valkey}`;
  }

  async close(): Promise<void> {
    await this.app.close();
    this.redis.disconnect();
  }
}
