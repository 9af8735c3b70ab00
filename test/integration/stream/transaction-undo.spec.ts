import { Controller } from '@nestjs/common';
import { Ctx } from '@nestjs/microservices';
import { OnStream, RedisFlowContext, RedisPublisher } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../../support/app.js';
import { eventually } from '../../support/eventually.js';
import { plainRedis, unique } from '../../support/redis.js';

type Write = readonly [command: string, ...args: (string | number)[]];

/** A list with one old item, and what is in it when a transaction that ends with a refused write has come to its end. */
async function listAfterRefused(writes: (list: string) => readonly Write[]): Promise<string[]> {
  const redis = plainRedis();
  const [stream, list, text] = [unique('orders'), unique('list'), unique('text')] as const;
  await redis.rpush(list, 'old');
  await redis.set(text, 'no number');

  @Controller()
  class Orders {
    @OnStream(stream, { retry: false })
    handle(@Ctx() { transaction }: RedisFlowContext): void {
      for (const [command, ...args] of writes(list)) transaction.call(command, ...args);
      transaction.call('INCR', text);
    }
  }
  const app = await hybridApp({ controllers: [Orders] });
  await app.get(RedisPublisher).append(stream, {});
  await eventually(async () => expect(await redis.xlen(`${stream}:dlq`)).toBe(1));
  return redis.lrange(list, 0, -1);
}

describe('a transaction whose last write is refused', () => {
  it('takes back what was appended before another write to the same key', async () => {
    const items = await listAfterRefused((list) => [
      ['RPUSH', list, 'new'],
      ['LTRIM', list, 0, 10],
    ]);
    expect(items).toEqual(['old']);
  });

  it('takes back what was appended after another write to the same key', async () => {
    const items = await listAfterRefused((list) => [
      ['LTRIM', list, 1, 10],
      ['RPUSH', list, 'new'],
    ]);
    expect(items).toEqual(['old']);
  });

  it('takes back what was appended from both ends of a key that it has made anew', async () => {
    const items = await listAfterRefused((list) => [
      ['DEL', list],
      ['LPUSH', list, 'new'],
      ['RPUSH', list, 'newer'],
    ]);
    expect(items).toEqual(['old']);
  });
});
