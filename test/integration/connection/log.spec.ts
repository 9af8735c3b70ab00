import { OnChannel, OnQueue, OnStream, RedisPublisher } from 'nestjs-redis-flow';
import { expect, it, onTestFinished } from 'vitest';
import { startRedisServer } from '../../../tools/redis/start-server.mjs';
import { hybridApp } from '../../support/app.js';
import { Recorder } from '../../support/recorder.js';
import { LogSink } from '../../support/log-sink.js';

it('a Redis that goes and comes back gives one line for each change, and is used again', async () => {
  const server = await startRedisServer();
  onTestFinished(() => server.stop());
  const logger = new LogSink();
  const heard = new Recorder<string>();
  class Handlers {
    @OnStream('orders')
    @OnQueue('jobs')
    @OnChannel('news')
    handle(data: string): void {
      heard.add(data);
    }
  }
  const app = await hybridApp({ flow: { connection: server.url }, providers: [Handlers], logger });
  const ours = () => logger.withLevels('RedisFlowConnection', 'RedisFlowConsumer');
  const changes = () => logger.lines.until((lines) => lines.some(({ text }) => text.includes('Redis is back')));
  expect(ours()).toEqual([]);

  await server.stop();
  await logger.lines.until((lines) => lines.some(({ text }) => text.includes('Redis is not there')));
  const again = await startRedisServer({ port: server.port });
  onTestFinished(() => again.stop());
  await changes();
  const publisher = app.get(RedisPublisher);
  await publisher.append('orders', 'stream');
  await publisher.enqueue('jobs', 'queue');
  await heard.count(2);
  while ((await publisher.publish('news', 'channel')) === 0) await new Promise(setImmediate);
  await heard.count(3);

  expect(ours()).toEqual([
    expect.stringMatching(/^error: Connection "default": Redis is not there \(.+\); trying again until it is$/),
    expect.stringMatching(/^log: Connection "default": Redis is back after \d+\.\d s$/),
    // It came back empty, and without its groups.
    expect.stringMatching(/^\w+: stream "orders" in group "test": NOGROUP .+; trying again$/),
    'log: stream "orders" in group "test": reads again',
  ]);
  await app.close();
  expect(ours()).toHaveLength(4);
});

it('a Redis that is not there at the start gives one line', async () => {
  const logger = new LogSink();
  class Jobs {
    @OnQueue('jobs')
    handle(): void {}
  }
  await hybridApp({ flow: { connection: 'redis://127.0.0.1:1' }, providers: [Jobs], logger });
  expect(logger.withLevels('RedisFlowConnection', 'RedisFlowConsumer')).toEqual([
    'error: Connection "default": Redis is not there (connect ECONNREFUSED 127.0.0.1:1); trying again until it is',
  ]);
});
