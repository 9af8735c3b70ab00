import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  Attempt,
  InvalidOptionError,
  MessageHeaders,
  MessageId,
  OnChannel,
  PublishFailedError,
  RedisPublisher,
} from 'nestjs-redis-flow';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startRedisServer } from '../../../tools/redis/start-server.mjs';
import { hybridApp } from '../../support/app.js';
import { type OwnCluster, startCluster } from '../../support/own-cluster.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, unique } from '../../support/redis.js';
import { publisherOf } from './publisher.js';

let cluster: OwnCluster;

beforeAll(async () => {
  cluster = await startCluster();
  return () => cluster.stop();
});

describe('notify', () => {
  it('publishes and keeps in one round trip, and tells the id and the receivers', async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.stop());
    const redis = plainRedis(server.url);
    const got = new Recorder<unknown>();
    await redis.subscribe('p:user:7');
    redis.on('message', (_, text: string) => got.add(JSON.parse(text)));
    const publisher = await publisherOf({ connection: server.url, keyPrefix: 'p:' });
    const options = { history: 'user:7:history', headers: { tenant: 'acme' } };
    const { id, receivers } = await publisher.notify('user:7', { text: 'hi' }, options);
    expect(receivers).toBe(1);
    expect(await got.count(1)).toEqual([{ $id: id, $data: { text: 'hi' }, $headers: { tenant: 'acme' } }]);
    const other = plainRedis(server.url);
    expect(await other.xrange('p:user:7:history', '-', '+')).toEqual([
      [id, ['$data', '{"text":"hi"}', '$headers', '{"tenant":"acme"}']],
    ]);
    await publisher.notify('user:7', 'again', { history: 'user:7:history' });
    expect(await other.info('commandstats')).toMatch(/cmdstat_evalsha:calls=2,/);
  });

  it('keeps as many as it is told', async () => {
    const [publisher, redis, channel] = [await publisherOf(), plainRedis(), unique('kept')];
    const history = `${channel}:history`;
    for (const number of [1, 2, 3, 4]) await publisher.notify(channel, number, { history, maxLength: 2 });
    expect((await redis.xrange(history, '-', '+')).map(([, fields]) => fields[1])).toEqual(['3', '4']);
  });

  it('comes to a handler as any message, by the id that it has in the history', async () => {
    const channel = unique('handled');
    const got = new Recorder<unknown[]>();
    @Controller()
    class Notes {
      @OnChannel(channel)
      note(
        @Payload() data: unknown,
        @MessageId() id: string,
        @MessageHeaders() headers: unknown,
        @Attempt() attempt: number,
      ) {
        got.add([data, id, headers, attempt]);
      }
    }
    const app = await hybridApp({ controllers: [Notes] });
    const publisher = app.get(RedisPublisher);
    const { id, receivers } = await publisher.notify(channel, ['a'], { history: `${channel}:history` });
    expect(receivers).toBe(1);
    expect(await got.count(1)).toEqual([[['a'], id, {}, 1]]);
  });

  it('works in a Cluster, wherever channel and history are', async () => {
    const redis = plainRedis(cluster.url);
    const publisher = await publisherOf({ connection: cluster.connection });
    const notified = await publisher.notify('user:7', 1, { history: 'elsewhere' });
    expect(notified).toEqual({ id: expect.stringMatching(/^\d+-\d+$/), receivers: 0 });
    expect(await redis.xlen('elsewhere')).toBe(1);
  });

  it('writes nothing where Redis refuses one of the two', async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.stop());
    const redis = plainRedis(server.url);
    const publisher = await publisherOf({ connection: server.url });
    await redis.set('a text', 1);
    const wrongType = publisher.notify('news', 1, { history: 'a text' });
    await expect(wrongType).rejects.toBeInstanceOf(PublishFailedError);
    await expect(wrongType).rejects.toMatchObject({ cause: { message: expect.stringContaining('WRONGTYPE') } });
    await redis.acl('SETUSER', 'default', 'resetchannels');
    const forbidden = publisher.notify('news', 1, { history: 'news:history' });
    await expect(forbidden).rejects.toMatchObject({ cause: { message: expect.stringContaining('NOPERM') } });
    expect(await redis.exists('news:history')).toBe(0);
  });

  it.each([
    [undefined, 'option "history" is undefined, but must be a non-empty string.'],
    [{ history: '' }, 'option "history" is "", but must be a non-empty string.'],
    [{ history: 'h', maxLength: 0 }, 'option "maxLength" is 0, but must be a whole number of at least 1.'],
    [
      { history: 'h', sharded: true },
      'option "sharded" is true, but must be left out: the known options are history, maxLength, headers.',
    ],
  ])('refuses the options %j', async (options, text) => {
    const publisher = await publisherOf();
    const notifying = publisher.notify('x', 1, options as { history: string });
    await expect(notifying).rejects.toBeInstanceOf(InvalidOptionError);
    await expect(notifying).rejects.toMatchObject({ message: `RedisPublisher.notify: ${text}` });
  });
});
