import { TerminusModule } from '@nestjs/terminus';
import { RedisPublisher } from 'nestjs-redis-flow';
import { RedisFlowHealthIndicator } from 'nestjs-redis-flow/terminus';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRedisServer } from '../../../tools/redis/start-server.mjs';
import { hybridApp } from '../../support/app.js';
import { eventually } from '../../support/eventually.js';
import { LogSink } from '../../support/log-sink.js';
import { plainRedis } from '../../support/redis.js';
import { Handlers } from './handlers.js';

/** An application on a server of its own. */
async function appOn(path: (port: number) => string, args: readonly string[] = []) {
  const server = await startRedisServer({ args });
  onTestFinished(() => server.stop());
  const log = new LogSink();
  const app = await hybridApp({
    flow: { connection: path(server.port) },
    imports: [TerminusModule],
    providers: [Handlers, RedisFlowHealthIndicator],
    logger: log,
  });
  const health = app.get(RedisFlowHealthIndicator);
  const lines = () => log.withLevels('RedisFlowConnection', 'RedisFlowConsumer');
  return { app, server, publisher: app.get(RedisPublisher), health, lines };
}

describe('a database that Redis does not have', () => {
  it('is never taken for another one: the connection stays down, with the reason', async () => {
    const { server, publisher, health, lines } = await appOn((port) => `redis://127.0.0.1:${port}/99`);
    const refusal = 'ERR DB index is out of range';
    await expect(publisher.append('orders', {})).rejects.toThrow(
      `Connection "default" was not ready within 5000 ms (${refusal}); nothing was sent.`,
    );
    const dead = expect.arrayContaining([
      `stream "orders" in group "test" (Handlers.stream): ${refusal}`,
      `queue "jobs" (Handlers.queue): ${refusal}`,
      `channel "news" (Handlers.channel): ${refusal}`,
    ]);
    await eventually(() => expect(health.consumers('all')).toMatchObject({ all: { status: 'down', dead } }));
    expect(await health.connection('redis')).toEqual({ redis: { status: 'down', message: refusal } });
    expect(lines()).toEqual([
      `error: Connection "default": Redis refuses it (${refusal}); trying again until it does not`,
    ]);
    expect(await plainRedis(server.url).dbsize()).toBe(0);
  });
});

describe('an application that is closed', () => {
  it('publishes nothing more, and says why', async () => {
    const { app, publisher } = await appOn((port) => `redis://127.0.0.1:${port}`);
    await app.close();
    await expect(publisher.append('orders', {})).rejects.toThrow(
      'Connection "default" is closed, as its application is; nothing was sent. Publish before app.close().',
    );
  });
});

describe('a password that Redis refuses', () => {
  it('is told with what to do in the log, in health, and by the publisher', async () => {
    const args = ['--requirepass', 'secret'];
    const { publisher, health, lines } = await appOn((port) => `redis://:wrong@127.0.0.1:${port}`, args);
    const refusal = expect.stringMatching(/WRONGPASS .*\(the user or the password in the connection option is wrong\)/);
    expect(lines()).toEqual([expect.stringMatching(/^error: Connection "default": Redis refuses it \(WRONGPASS .+\)/)]);
    expect(await health.connection('redis')).toEqual({ redis: { status: 'down', message: refusal } });
    const { all } = health.consumers('all');
    for (const text of (all as unknown as { dead: string[] }).dead) expect(text).toEqual(refusal);
    await expect(publisher.append('orders', {})).rejects.toThrow(/not ready within 5000 ms \(WRONGPASS /);
  });
});
