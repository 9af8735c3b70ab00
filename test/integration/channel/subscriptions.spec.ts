import { describe, expect, it, onTestFinished } from 'vitest';
import { startRedisServer } from '../../../tools/redis/start-server.mjs';
import { eventually } from '../../support/eventually.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, unique } from '../../support/redis.js';
import { killSubscriber, listen, listenerOf } from './listeners.js';

const subscribersOf = async (redis: ReturnType<typeof plainRedis>, channel: string): Promise<number> =>
  Number((await redis.pubsub('NUMSUB', channel))[1]);

describe('the subscriptions of an application', () => {
  it('are there when it has started, also for arrays and for a mixture of channels, globs and parameters', async () => {
    const [redis, base] = [plainRedis(), unique('mixed')];
    const got = new Recorder<unknown>();
    await listen([listenerOf([`${base}.plain`, `${base}.*.glob`, `${base}:user:{id}`], {}, got.add)]);
    for (const channel of [`${base}.plain`, `${base}.x.glob`, `${base}:user:7`])
      expect(await redis.publish(channel, `"${channel}"`)).toBe(1);
    const all = [`${base}.plain`, `${base}.x.glob`, `${base}:user:7`];
    expect(new Set(await got.count(3))).toEqual(new Set(all));
  });

  it('are made once for each channel, however many handlers share it', async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.stop());
    const redis = plainRedis(server.url);
    const got = new Recorder<unknown>();
    const handlers = Array.from({ length: 3 }, () => listenerOf(['news', 'user:{id}'], {}, got.add));
    await listen(handlers, { connection: server.url });
    const stats = await redis.info('commandstats');
    expect(stats).toMatch(/cmdstat_subscribe:calls=1,/);
    expect(stats).toMatch(/cmdstat_psubscribe:calls=1,/);
    expect(await redis.publish('news', '1')).toBe(1);
    expect(await got.count(3)).toEqual([1, 1, 1]);
  });

  it('are dropped when it closes', async () => {
    const [redis, channel] = [plainRedis(), unique('dropped')];
    const { app } = await listen([listenerOf(channel, {}, () => undefined)]);
    expect(await subscribersOf(redis, channel)).toBe(1);
    await app.close();
    expect(await subscribersOf(redis, channel)).toBe(0);
  });

  it('are tried again until Redis allows them, and the others are not held up', async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.stop());
    const redis = plainRedis(server.url);
    const allow = (...rules: string[]) => redis.acl('SETUSER', 'default', 'resetchannels', ...rules);
    await allow('&open');
    const got = new Recorder<unknown>();
    const started = listen([listenerOf(['open', 'closed'], {}, got.add)], { connection: server.url });
    await eventually(async () => expect(await redis.publish('open', '1')).toBe(1));
    await got.count(1);
    await allow('&open', '&closed');
    await eventually(async () => expect(await redis.publish('closed', '2')).toBe(1));
    expect(await got.count(2)).toEqual([1, 2]);
    await started;
  });
});

describe('a lost connection for subscriptions', () => {
  it('is made again with all of them, and the gap is reported', async () => {
    const [redis, base] = [plainRedis(), unique('gap')];
    const channels = [`${base}.plain`, `${base}:user:{id}`];
    const got = new Recorder<unknown>();
    const { consumer, gaps } = await listen([listenerOf(channels, {}, got.add)]);
    expect(await redis.publish(`${base}.plain`, '1')).toBe(1);
    await got.count(1);

    const before = Date.now();
    expect(await killSubscriber(redis, consumer)).toBe(1);
    const [gap] = await gaps.count(1);
    expect(gap).toMatchObject({ type: 'gap', connection: 'default' });
    expect(gap?.channels.toSorted()).toEqual(channels.toSorted());
    expect(gap?.since).toBeLessThanOrEqual(gap?.until ?? 0);
    expect(gap?.until).toBeGreaterThanOrEqual(before);

    // The gap ends with it: from now on all comes.
    expect(await redis.publish(`${base}.plain`, '2')).toBe(1);
    expect(await redis.publish(`${base}:user:7`, '3')).toBe(1);
    expect(await got.count(3)).toEqual([1, 2, 3]);
    expect(gaps.items).toHaveLength(1);
  });

  it('is reported each time, once', async () => {
    const [redis, channel] = [plainRedis(), unique('gaps')];
    const { consumer, gaps } = await listen([listenerOf(channel, {}, () => undefined)]);
    for (const time of [1, 2, 3]) {
      await killSubscriber(redis, consumer);
      await gaps.count(time);
    }
    expect(gaps.items.map(({ channels }) => channels)).toEqual([[channel], [channel], [channel]]);
  });

  it('is no gap where the application has started without Redis', async () => {
    const server = await startRedisServer();
    const { port, url } = server;
    await server.stop();
    const got = new Recorder<unknown>();
    const { gaps } = await listen([listenerOf('late', {}, got.add)], { connection: url });
    const again = await startRedisServer({ port });
    onTestFinished(() => again.stop());
    const redis = plainRedis(url);
    await eventually(async () => expect(await redis.publish('late', '1')).toBe(1));
    await got.count(1);
    expect(gaps.items).toEqual([]);
  });
});
