import { Redis } from 'ioredis';
import { OnQueue, RedisPublisher, type ConnectionOptions } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../../support/app.js';
import { Recorder } from '../../support/recorder.js';
import { redisUrl, unique } from '../../support/redis.js';

const address = () => ({ host: new URL(redisUrl()).hostname, port: Number(new URL(redisUrl()).port) });

const REACHABLE: [form: string, connection: () => ConnectionOptions][] = [
  ['a URL', () => redisUrl()],
  ["ioredis' options", () => address()],
  ['a factory of lazy clients', () => ({ create: () => new Redis({ ...address(), lazyConnect: true }) })],
  ['a factory of clients that connect by themselves', () => ({ create: () => new Redis(address()) })],
];

const UNREACHABLE: [form: string, connection: ConnectionOptions][] = [
  ['a URL', 'redis://127.0.0.1:1'],
  ["ioredis' options", { host: '127.0.0.1', port: 1 }],
  ['Sentinels', { sentinels: [{ host: '127.0.0.1', port: 1 }], name: 'mymaster' }],
  ['a Cluster', { cluster: [{ host: '127.0.0.1', port: 1 }] }],
  ['a Cluster with options', { cluster: [{ host: '127.0.0.1', port: 1 }], options: { scaleReads: 'master' } }],
];

describe.each(REACHABLE)('a connection given as %s', (_, connection) => {
  it('publishes and consumes', async () => {
    const queue = unique('jobs');
    const heard = new Recorder<string>();
    class Jobs {
      @OnQueue(queue)
      handle(data: string): void {
        heard.add(data);
      }
    }
    const app = await hybridApp({ flow: { connection: connection() }, providers: [Jobs] });
    await app.get(RedisPublisher).enqueue(queue, 'hello');
    expect(await heard.count(1)).toEqual(['hello']);
  });
});

describe.each(UNREACHABLE)('an unreachable Redis given as %s', (_, connection) => {
  it('does not keep the application from starting and from closing', async () => {
    const app = await hybridApp({ flow: { connection, consume: false } });
    await app.close();
    expect(app.get(RedisPublisher)).toBeInstanceOf(RedisPublisher);
  });
});

const WITH_HANDLERS = UNREACHABLE.filter(([form]) => ['a URL', 'Sentinels', 'a Cluster'].includes(form));

describe.each(WITH_HANDLERS)('an unreachable Redis given as %s', (_, connection) => {
  it('does not keep an application with handlers from starting and from closing', async () => {
    class Jobs {
      @OnQueue('jobs')
      handle(): void {}
    }
    const started = Date.now();
    const app = await hybridApp({ flow: { connection, shutdown: { timeout: 500 } }, providers: [Jobs] });
    await app.close();
    expect(Date.now() - started).toBeLessThan(15_000);
  });
});
