import { Controller } from '@nestjs/common';
import { Ctx } from '@nestjs/microservices';
import { type AckOption, OnStream, RedisFlowContext, RedisPublisher } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../../support/app.js';
import { eventually } from '../../support/eventually.js';
import { plainRedis, unique } from '../../support/redis.js';
import { heartbeatsByHand } from './heartbeats.js';

/** Handles a message whose entry is trimmed away meanwhile: of a slow one, several heartbeats notice. */
async function handledWhileTrimmed(ack: AckOption) {
  const redis = plainRedis();
  const beat = heartbeatsByHand();
  const stream = unique('orders');
  const charged = `${stream}:charged`;

  @Controller()
  class Orders {
    @OnStream(stream, { ack, retry: false })
    async charge(@Ctx() { transaction, message }: RedisFlowContext): Promise<void> {
      await redis.xtrim(stream, 'MAXLEN', 0);
      if (message.data === 'slow') for (let beats = 0; beats < 4; beats += 1) await beat();
      transaction.call('INCR', charged);
    }
  }
  const app = await hybridApp({ controllers: [Orders] });
  const append = (data: string, key: string = data) =>
    app.get(RedisPublisher).append(stream, data, { headers: { 'idempotency-key': key } });
  return { redis, charged, append };
}

describe('an entry that is trimmed away while its handler runs', () => {
  for (const ack of ['after', 'once'] as const) {
    it(`has its transaction applied all the same, as nobody else can handle it: ack '${ack}'`, async () => {
      const { redis, charged, append } = await handledWhileTrimmed(ack);
      await append('slow');
      await eventually(async () => expect(await redis.get(charged)).toBe('1'));
      await append('quick');
      await eventually(async () => expect(await redis.get(charged)).toBe('2'));
    });
  }

  it(`is marked as done with ack 'once', so that a double is known`, async () => {
    const { redis, charged, append } = await handledWhileTrimmed('once');
    await append('slow', 'order-1');
    await eventually(async () => expect(await redis.get(charged)).toBe('1'));
    await append('slow', 'order-1');
    await append('next', 'order-2');
    await eventually(async () => expect(await redis.get(charged)).toBe('2'));
  });
});
