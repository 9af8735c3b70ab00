import { TerminusModule } from '@nestjs/terminus';
import { OnQueue } from 'nestjs-redis-flow';
import { RedisFlowHealthIndicator } from 'nestjs-redis-flow/terminus';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRedisServer } from '../../../tools/redis/start-server.mjs';
import { type AppSpec, hybridApp } from '../../support/app.js';
import { eventually } from '../../support/eventually.js';
import { holdUpUntilAnswered } from '../../support/held-up.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, unique } from '../../support/redis.js';
import { Handlers } from './handlers.js';

async function indicatorOf(spec: AppSpec): Promise<RedisFlowHealthIndicator> {
  const app = await hybridApp({
    ...spec,
    imports: [TerminusModule],
    providers: [...(spec.providers ?? []), RedisFlowHealthIndicator],
  });
  return app.get(RedisFlowHealthIndicator);
}

describe('the health of a connection', () => {
  it('is up, with the latency, while Redis answers', async () => {
    const health = await indicatorOf({});
    const up = { redis: { status: 'up', latency: expect.any(Number) } };
    await eventually(async () => expect(await health.connection('redis')).toEqual(up));
  });

  it('is up where Redis has answered in time, and the process was held up and could not look', async () => {
    const health = await indicatorOf({});
    const up = { redis: { status: 'up' } };
    await eventually(async () => expect(await health.connection('redis')).toMatchObject(up));

    const checked = health.connection('redis');
    // It has been asked when what is under way in this turn is done.
    await new Promise<void>((resolve) => process.nextTick(() => queueMicrotask(resolve)));
    holdUpUntilAnswered(1_200);
    expect(await checked).toMatchObject(up);
  });

  it('is down with the reason while Redis is not there', async () => {
    const health = await indicatorOf({ flow: { connection: 'redis://127.0.0.1:1' } });
    const down = { redis: { status: 'down', message: 'connect ECONNREFUSED 127.0.0.1:1' } };
    await eventually(async () => expect(await health.connection('redis')).toEqual(down));
  });

  it('is down where Redis refuses the password', async () => {
    const server = await startRedisServer({ args: ['--requirepass', 'secret'] });
    onTestFinished(() => server.stop());
    const health = await indicatorOf({ flow: { connection: server.url, consume: false } });
    const down = { redis: { status: 'down', message: expect.stringContaining('NOAUTH') } };
    await eventually(async () => expect(await health.connection('redis')).toEqual(down));
  });

  it('is down for a name that no connection has', async () => {
    const health = await indicatorOf({});
    expect(await health.connection('redis', 'billing')).toEqual({
      redis: { status: 'down', message: 'there is no connection "billing"' },
    });
  });
});

describe('the health of the consumers', () => {
  it('is up, with their number, while they read', async () => {
    const health = await indicatorOf({ flow: { keyPrefix: unique('app') }, providers: [Handlers] });
    await eventually(() =>
      expect(health.consumers('flow')).toEqual({ flow: { status: 'up', consumers: 3, running: 0 } }),
    );
  });

  it('is up without any', async () => {
    const health = await indicatorOf({});
    expect(health.consumers('flow', 'default')).toEqual({ flow: { status: 'up', consumers: 0, running: 0 } });
  });

  it('is down for a name that no connection has', async () => {
    const health = await indicatorOf({});
    expect(health.consumers('flow', 'billing')).toEqual({
      flow: { status: 'down', message: 'there is no connection "billing"' },
    });
  });

  it('goes down with the reasons when Redis goes, and up again when it is back', async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.stop());
    const health = await indicatorOf({ flow: { connection: server.url }, providers: [Handlers] });
    await eventually(() => expect(health.consumers('flow')).toMatchObject({ flow: { status: 'up' } }));
    await server.stop();
    await eventually(() => {
      const { flow } = health.consumers('flow');
      expect(flow).toMatchObject({ status: 'down', consumers: 3, running: 0 });
      expect((flow as unknown as { dead: string[] }).dead).toEqual([
        expect.stringMatching(/^stream "orders" in group "test" \(Handlers.stream\): .+/),
        expect.stringMatching(/^queue "jobs" \(Handlers.queue\): .+/),
        expect.stringMatching(/^channel "news" \(Handlers.channel\): .+/),
      ]);
    });
    const again = await startRedisServer({ port: server.port });
    onTestFinished(() => again.stop());
    await eventually(() => expect(health.consumers('flow')).toMatchObject({ flow: { status: 'up' } }));
    const up = { redis: { status: 'up' } };
    await eventually(async () => expect(await health.connection('redis')).toMatchObject(up));
  });
});

describe('the health of the queues', () => {
  it('is up, with the number of jobs that wait, are handled, are delayed and are dead', async () => {
    const [keyPrefix, redis] = [`${unique('app')}:`, plainRedis()];
    const [started, end] = [new Recorder<unknown>(), new Recorder<void>()];
    class Worker {
      @OnQueue('jobs')
      async work(): Promise<void> {
        started.add(undefined);
        await end.count(1);
      }

      @OnQueue('bills')
      bill(): void {}
    }
    const health = await indicatorOf({ flow: { keyPrefix }, providers: [Worker] });
    onTestFinished(() => end.add());
    await redis.lpush(`${keyPrefix}jobs`, 1);
    await started.count(1);
    await redis.zadd(`${keyPrefix}jobs:delayed`, 2 ** 52, 'later');
    await redis.lpush(`${keyPrefix}bills:dlq`, 'a', 'b');

    const none = { depth: 0, taken: 0, processing: 0, delayed: 0, dead: 0 };
    const up = { status: 'up', jobs: { ...none, processing: 1, delayed: 1 }, bills: { ...none, dead: 2 } };
    await eventually(async () => expect(await health.queues('queues')).toEqual({ queues: up }));
  });

  it('is up without any', async () => {
    const health = await indicatorOf({});
    expect(await health.queues('queues')).toEqual({ queues: { status: 'up' } });
  });

  it('is down with the reason while Redis is not there, and for a name that no connection has', async () => {
    const health = await indicatorOf({ flow: { connection: 'redis://127.0.0.1:1' }, providers: [Handlers] });
    const down = { queues: { status: 'down', message: 'connect ECONNREFUSED 127.0.0.1:1' } };
    await eventually(async () => expect(await health.queues('queues')).toEqual(down));
    expect(await health.queues('queues', 'billing')).toEqual({
      queues: { status: 'down', message: 'there is no connection "billing"' },
    });
  });
});
