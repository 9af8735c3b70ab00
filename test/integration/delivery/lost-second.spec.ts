import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller } from '@nestjs/common';
import { Ctx } from '@nestjs/microservices';
import { type AckOption, OnStream, RedisFlowContext, RedisPublisher } from 'nestjs-redis-flow';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type RedisServer, startRedisServer } from '../../../tools/redis/start-server.mjs';
import { hybridApp } from '../../support/app.js';
import { eventually } from '../../support/eventually.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis } from '../../support/redis.js';

const ORDERS = 5;

/** A server that is killed, and comes back as it was when its data were saved: as after a lost second, or a failover. */
async function forgetfulServer() {
  const dir = await mkdtemp(join(tmpdir(), 'redis-forgetful-'));
  let server: RedisServer = await startRedisServer({ dir });
  onTestFinished(async () => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  });
  const goBack = async (): Promise<void> => {
    await server.stop('SIGKILL');
    server = await startRedisServer({ dir, port: server.port });
  };
  return { redis: plainRedis(server.url), url: server.url, goBack };
}

/** The only consumer of its group handles orders. What it has done with them is lost to Redis. */
async function lostAcks(ack: AckOption) {
  const { redis, url, goBack } = await forgetfulServer();
  redis.on('error', () => undefined);
  const attempts = new Recorder<number>();
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));

  @Controller()
  class Orders {
    @OnStream('orders', { group: 'payments', concurrency: ORDERS, ack })
    async charge(@Ctx() context: RedisFlowContext): Promise<void> {
      attempts.add(context.attempt);
      await gate;
      if (ack !== 'none') context.transaction.call('INCR', 'charged');
      if (ack === 'manual') context.ack();
    }
  }
  const app = await hybridApp({ flow: { connection: url }, controllers: [Orders] });
  for (let n = 0; n < ORDERS; n += 1) await app.get(RedisPublisher).append('orders', { n });
  await attempts.count(ORDERS);
  await redis.save();
  go();
  const pending = async () => Number((await redis.xpending('orders', 'payments'))[0]);
  await eventually(async () => expect(await pending()).toBe(0));
  await goBack();
  return { redis, attempts, pending };
}

describe('acknowledgements that Redis has lost', () => {
  for (const ack of ['after', 'manual', 'once'] as const) {
    it(`bring the messages back to the one consumer that there is, and their transactions count once: ack '${ack}'`, async () => {
      const { redis, attempts, pending } = await lostAcks(ack);

      await attempts.count(2 * ORDERS);
      await eventually(async () => expect(await pending()).toBe(0));
      expect(await redis.get('charged')).toBe(String(ORDERS));
    });
  }

  it('are none to be lost without acknowledging: what was handed out before the loss stays handed out', async () => {
    const { redis, attempts } = await lostAcks('none');

    await redis.xadd('orders', '*', 'n', 'after');
    await attempts.count(ORDERS + 1);
    expect(attempts.items).toHaveLength(ORDERS + 1);
  });
});
