import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Redis } from 'ioredis';
import { RedisFlowModule, RedisPublisher } from 'nestjs-redis-flow';
import type { Mechanism } from './consumer.interface.js';
import type { Contender } from './contenders.js';
import { GROUP } from './keys.js';
import { AFTER_NUMBER, BEFORE_NUMBER, FIRST, bodyOf } from './message.js';
import { unsettled } from './settled.js';

const CHUNK = 2_000;
/** How much Redis may hold back for a subscriber that is slower than the publisher, in bytes. */
const MOST_HELD_BACK = 4 * 1024 * 1024;

/** KEYS: stream, queue or channel · ARGV: first number, last number, JSON before the number, JSON after it. */
const many = (call: string): string => `
for n = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  local body = ARGV[3] .. string.format('%d', n) .. ARGV[4]
  redis.call(${call})
end`;

const SCRIPTS: Readonly<Record<Mechanism, string>> = {
  stream: many(`'XADD', KEYS[1], '*', '$data', body`),
  queue: many(`'LPUSH', KEYS[1], body`),
  channel: many(`'PUBLISH', KEYS[1], body`),
};

/** Makes the messages, in a process that handles none, and looks after what is left of them. */
export class Load {
  private constructor(
    private readonly redis: Redis,
    private readonly app: INestApplicationContext,
  ) {}

  static async connect(url: string): Promise<Load> {
    @Module({ imports: [RedisFlowModule.forRoot({ connection: url, consume: false })] })
    class LoadModule {}

    const redis = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0 });
    redis.on('error', () => undefined);
    await redis.ping();
    return new Load(redis, await NestFactory.createApplicationContext(LoadModule, { logger: ['error'] }));
  }

  /** Sends `count` messages and resolves when Redis has them. */
  async send({ mechanism, side }: Contender, key: string, count: number): Promise<void> {
    for (let sent = 0; sent < count; sent += CHUNK) {
      const first = FIRST + sent;
      const last = FIRST + Math.min(sent + CHUNK, count) - 1;
      if (mechanism === 'queue' && side === 'flow') await this.enqueue(key, first, last);
      else await this.redis.eval(SCRIPTS[mechanism], 1, key, first, last, BEFORE_NUMBER, AFTER_NUMBER);
      if (mechanism === 'channel') await this.untilTaken();
    }
  }

  /** @throws when Redis still holds one of the messages, or has not handed out each of them. */
  async verify({ mechanism }: Contender, key: string, count: number): Promise<void> {
    const left = await unsettled(this.redis, mechanism, key);
    if (left > 0) throw new Error(`${left} messages were handled and not acknowledged`);
    if (mechanism === 'channel') return;
    const expected = mechanism === 'stream' ? [key] : [];
    const kept = (await this.keysOf(key)).filter((name) => !expected.includes(name));
    if (kept.length > 0) throw new Error(`Redis still keeps ${kept.join(', ')}`);
    if (mechanism === 'stream') await this.verifyGroup(key, count);
  }

  /** Deletes every key whose name begins with `prefix`. */
  async clear(prefix: string): Promise<void> {
    const keys = await this.keysOf(prefix);
    if (keys.length > 0) await this.redis.unlink(...keys);
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

  /** The library's own form: with an id, an attempt and a time before the body. */
  private async enqueue(queue: string, first: number, last: number): Promise<void> {
    const messages = Array.from({ length: last - first + 1 }, (_, index) => ({ data: bodyOf(first + index) }));
    await this.app.get(RedisPublisher).enqueueMany(queue, messages);
  }

  private async verifyGroup(stream: string, count: number): Promise<void> {
    const groups = (await this.redis.xinfo('GROUPS', stream)) as unknown[][];
    const group = groups.find((each) => each.includes(GROUP)) ?? [];
    const read = group[group.indexOf('entries-read') + 1];
    if (read !== count) throw new Error(`the group has read ${String(read)} of ${count} entries`);
  }

  /** Waits while Redis holds back too much for its subscribers: it would cut them off. */
  private async untilTaken(): Promise<void> {
    const most = (list: string): number =>
      Math.max(0, ...[...list.matchAll(/ omem=(\d+) /g)].map(([, bytes]) => Number(bytes)));
    while (most(String(await this.redis.client('LIST', 'TYPE', 'PUBSUB'))) > MOST_HELD_BACK);
  }

  private async keysOf(prefix: string): Promise<string[]> {
    const found = new Set<string>();
    for await (const keys of this.redis.scanStream({ match: `${prefix}*`, count: 1_000 })) {
      for (const key of keys as string[]) found.add(key);
    }
    return [...found];
  }
}
