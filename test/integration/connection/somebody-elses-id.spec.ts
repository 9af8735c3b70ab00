import type { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { numbers } from '../../support/conformance/lab.js';
import { OwnServer } from '../../support/own-server.js';
import { plainRedis } from '../../support/redis.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { StreamLab, type Worker } from '../stream/lab.js';

/** The id of the connection that reads, while it waits in Redis. */
async function readingId(redis: Redis, { consumer }: Worker): Promise<number> {
  const lines = ((await redis.client('LIST')) as string).split('\n');
  const line = lines.find((each) => each.includes(` name=${consumer}:`) && / flags=\S*b/.test(each));
  expect(line).toBeDefined();
  return Number(/^id=(\d+)/.exec(line ?? '')?.[1]);
}

/** A client that has this id, which Redis has not given to anybody yet. */
async function clientWithId(id: number, url: string): Promise<Redis> {
  for (;;) {
    const redis = plainRedis(url);
    const own = Number(await redis.client('ID'));
    expect(own).toBeLessThanOrEqual(id);
    if (own === id) return redis;
  }
}

describe('a client that has the id of a lost connection, as Redis was started again', () => {
  it('is left alone when the library ends in Redis what it has lost', async () => {
    const server = await OwnServer.start();
    // Ids that the library's connections do not come to when they are made again.
    const others = numbers(20).map(() => plainRedis(server.url));
    await Promise.all(others.map((redis) => redis.ping()));
    for (const redis of others) redis.disconnect();
    const proxy = await TcpProxy.open(server.url);
    const lab = StreamLab.open(server.url);
    const worker = await lab.worker({}, undefined, { url: proxy.url });
    const id = await eventually(() => readingId(lab.redis, worker));

    const letIn = proxy.holdConnections();
    await server.kill();
    await server.restart();
    // It has its own id by then, and takes none of the next ones.
    await lab.redis.ping();
    const bystander = await clientWithId(id, server.url);
    letIn();
    await lab.append('after');
    await worker.finished.count(1);

    await eventually(async () => expect(await lab.redis.info('commandstats')).toContain('cmdstat_client|list:'));
    expect(await bystander.client('ID')).toBe(id);
    expect(await lab.redis.info('commandstats')).not.toContain('cmdstat_client|kill:');
  });
});
