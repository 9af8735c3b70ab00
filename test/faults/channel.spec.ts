import { describe, expect, it } from 'vitest';
import { listen, listenerOf } from '../integration/channel/listeners.js';
import { eventually } from '../support/eventually.js';
import { OwnServer } from '../support/own-server.js';
import { Recorder } from '../support/recorder.js';
import { plainRedis, redisUrl, unique } from '../support/redis.js';
import { TcpProxy } from '../support/tcp-proxy.js';

/** A PING is sent every 5 s, its answer is waited for as long, and it is looked every 5 s; twice that on a busy machine. */
const NOTICED_WITHIN = 30_000;

describe('the connection for subscriptions', () => {
  it('whose peer vanishes without a word is made again, and the gap begins when it was heard last', async () => {
    const [proxy, redis, channel] = [await TcpProxy.open(redisUrl()), plainRedis(), unique('vanished')];
    const got = new Recorder<unknown>();
    const { gaps } = await listen([listenerOf(channel, {}, got.add)], { connection: proxy.url });
    await redis.publish(channel, '1');
    await got.count(1);

    const vanishedAt = Date.now();
    proxy.blackhole();
    await redis.publish(channel, '2');
    const [gap] = await gaps.count(1);
    expect(gap?.since).toBeLessThanOrEqual(vanishedAt);
    expect((gap?.until ?? 0) - vanishedAt).toBeLessThan(NOTICED_WITHIN);
    await redis.publish(channel, '3');
    expect(await got.count(2)).toEqual([1, 3]);
  });

  it('is made again when a killed server is back, and the gap is reported once', async () => {
    const server = await OwnServer.start();
    const got = new Recorder<unknown>();
    const { gaps } = await listen([listenerOf(['news', 'user:{id}'], {}, got.add)], { connection: server.url });
    await server.kill();
    await server.restart();
    const [gap] = await gaps.count(1);
    expect(new Set(gap?.channels)).toEqual(new Set(['news', 'user:{id}']));
    const redis = plainRedis(server.url);
    await eventually(async () => expect(await redis.publish('user:7', '1')).toBe(1));
    expect(await got.count(1)).toEqual([1]);
    expect(gaps.items).toHaveLength(1);
  });
});
