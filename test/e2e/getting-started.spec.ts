import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { connectRedisFlow } from 'nestjs-redis-flow';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppModule } from '../../sample/01-getting-started/src/app.module.js';
import { Journal, type JournalEntry } from '../../sample/01-getting-started/src/journal/journal.js';
import { type RedisServer, startRedisServer } from '../../tools/redis/start-server.mjs';
import { eventually } from '../support/eventually.js';
import { Recorder } from '../support/recorder.js';
import { plainRedis } from '../support/redis.js';

interface Health {
  readonly status: string;
  readonly details: {
    readonly redis: { readonly status: string; readonly message?: string };
    readonly consumers: { readonly status: string; readonly consumers: number; readonly dead?: readonly string[] };
  };
}

describe('the sample 01-getting-started', () => {
  let server: RedisServer;
  let app: INestApplication;
  let url: string;
  let journal: Recorder<JournalEntry>;

  beforeEach(async () => {
    server = await startRedisServer();
    vi.stubEnv('REDIS_URL', server.url);
    app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
    journal = new Recorder();
    app.get(Journal).added$.subscribe(journal.add);
    connectRedisFlow(app);
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });

  afterEach(async () => {
    await app.close();
    await server.stop();
    vi.unstubAllEnvs();
  });

  const post = async (path: string, body: object): Promise<{ status: number; answer: unknown }> => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, answer: await response.json() };
  };

  const health = async (): Promise<{ code: number; report: Health }> => {
    const response = await fetch(`${url}/health`);
    return { code: response.status, report: (await response.json()) as Health };
  };

  /** Resolves once handlers have returned this; the journal says what they returned. */
  const handled = async (...details: string[]): Promise<void> => {
    const returned = (entries: readonly JournalEntry[]) =>
      entries.filter(({ what }) => what === 'handled').map(({ detail }) => detail);
    await journal.until((entries) => details.every((detail) => returned(entries).includes(detail)));
  };

  /** Sends one message on each mechanism, and resolves with what the API answered when all are handled. */
  const sendToAll = async (mark: number): Promise<unknown> => {
    const answers = [
      await post('/orders', { orderId: 'A1', amount: mark }),
      await post('/emails', { to: `ann${mark}@example.com` }),
      await post('/notify', { userId: '7', text: `hello ${mark}` }),
    ];
    await handled(`charged ${mark}.00`, `sent to ann${mark}@example.com`, `user 7 was told "hello ${mark}"`);
    return answers;
  };

  const ACCEPTED = [
    { status: 202, answer: { id: expect.stringMatching(/^\d+-\d+$/) } },
    { status: 202, answer: { id: expect.stringMatching(/^[\da-f-]{36}$/) } },
    { status: 202, answer: { receivers: 1 } },
  ];

  it('handles what its HTTP API sends, on a stream, a queue and a channel', async () => {
    expect(await sendToAll(1)).toEqual(ACCEPTED);
  });

  it('handles what a plain client sends, on a stream, a queue and a channel', async () => {
    const redis = plainRedis(server.url);
    await redis.xadd('orders', '*', 'orderId', 'B1', 'amount', '9.5');
    await redis.lpush('jobs:email', '{"to":"a"}');
    expect(await redis.publish('notifications:user:8', 'hello')).toBe(1);
    await handled('charged 9.50', 'sent to a', 'user 8 was told "hello"');
  });

  it('retries a flaky order until it works, and dead-letters one that never does', async () => {
    await post('/orders', { orderId: 'A2', amount: 20, card: 'flaky' });
    await post('/orders', { orderId: 'A3', amount: 30, card: 'broken' });
    await handled('charged 20.00');
    const redis = plainRedis(server.url);
    await eventually(async () => expect(await redis.xlen('orders:dlq')).toBe(1));
    const [letter] = await redis.xrange('orders:dlq', '-', '+');
    expect(letter?.[1].join(' ')).toMatch(/"A3".*"exhausted".*"dlq-attempts":"3".*the bank cannot read the card/);
    const failed = journal.items.filter(({ what }) => what === 'failed').map(({ data }) => data);
    expect(failed.filter((data) => (data as { orderId: string }).orderId === 'A2')).toHaveLength(2);
  });

  it('refuses an invalid order over HTTP, and dead-letters one from a plain client without a retry', async () => {
    expect(await post('/orders', { orderId: 'A4', amount: -1 })).toMatchObject({ status: 400 });
    const redis = plainRedis(server.url);
    await redis.xadd('orders', '*', 'orderId', 'B2', 'amount', 'lots');
    await eventually(async () => expect(await redis.xlen('orders:dlq')).toBe(1));
    const [letter] = await redis.xrange('orders:dlq', '-', '+');
    expect(letter?.[1].join(' ')).toMatch(/B2.*"fatal".*"dlq-attempts":"1"/);
    expect(journal.items).toMatchObject([
      { what: 'started' },
      { what: 'failed', detail: 'amount must be a positive number' },
    ]);
  });

  it('is healthy, and when Redis goes away it says why and recovers by itself when Redis is back', async () => {
    // Redis has a second to answer.
    await eventually(async () => {
      expect(await health()).toMatchObject({
        code: 200,
        report: {
          status: 'ok',
          details: { redis: { status: 'up' }, consumers: { status: 'up', consumers: 3 } },
        },
      });
    });

    await server.stop();
    await eventually(async () => {
      const { code, report } = await health();
      expect(code).toBe(503);
      expect(report.details.redis).toMatchObject({ status: 'down', message: expect.stringMatching(/ECONNREFUSED/) });
      const dead = report.details.consumers.dead ?? [];
      expect(dead.toSorted()).toEqual([
        expect.stringMatching(/^channel "notifications:user:\{userId\}" \(NotificationsController\.push\): .*\w{4}/),
        expect.stringMatching(/^queue "jobs:email" \(EmailWorker\.send\): .*\w{4}/),
        expect.stringMatching(/^stream "orders" in group "getting-started" \(OrdersController\.charge\): .*\w{4}/),
      ]);
    });

    server = await startRedisServer({ port: server.port });
    await eventually(async () => expect((await health()).code).toBe(200));
    expect(await sendToAll(2)).toEqual(ACCEPTED);
  });
});
