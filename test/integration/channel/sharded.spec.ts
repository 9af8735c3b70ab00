import type { Type } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { type RedisFlowOptions, RedisPublisher } from 'nestjs-redis-flow';
import { beforeAll, describe, expect, it } from 'vitest';
import { ConsumerRunner } from '../../../lib/transport/index.js';
import { eventually } from '../../support/eventually.js';
import { type OwnCluster, startCluster } from '../../support/own-cluster.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, redisUrl, unique } from '../../support/redis.js';
import { refusalOf } from '../options/refused.js';
import { type ListeningApp, listen, listenerOf } from './listeners.js';

let cluster: OwnCluster;

beforeAll(async () => {
  cluster = await startCluster();
  return () => cluster.stop();
});

/** A start does not wait for a Cluster that was away for a moment, as it is when it does not tell its slots in time. */
async function listenFor(listeners: readonly Type[], flow: Partial<RedisFlowOptions>): Promise<ListeningApp> {
  const listening = await listen(listeners, flow);
  const statuses = () => listening.app.get(ConsumerRunner, { strict: false }).statuses();
  await eventually(() => expect(statuses().filter(({ alive }) => !alive)).toEqual([]));
  return listening;
}

/** Kills every connection that has subscribed. */
async function killSubscribers(redis: Redis): Promise<number> {
  return Number(await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub'));
}

describe.each([
  ['one server', () => redisUrl(), () => redisUrl()],
  ['a Cluster', () => cluster.url, () => cluster.connection],
])('sharded channels on %s', (_, urlOf, connectionOf) => {
  it('give a message to every subscriber, and only what was published as sharded', async () => {
    const [redis, channel] = [plainRedis(urlOf()), unique('shard')];
    const got = new Recorder<unknown>();
    const flow = { connection: connectionOf(), keyPrefix: 'p:' };
    const handlers = [
      listenerOf(channel, { sharded: true }, (data) => got.add(['sharded', data])),
      listenerOf(channel, {}, (data) => got.add(['plain', data])),
    ];
    const { app } = await listenFor(handlers, flow);
    await listenFor([listenerOf(channel, { sharded: true }, (data) => got.add(['other', data]))], flow);
    const publisher = app.get(RedisPublisher);
    expect(await publisher.publish(channel, 1, { sharded: true, headers: { a: 'b' } })).toBe(2);
    await got.count(2);
    expect(new Set(got.items)).toEqual(
      new Set([
        ['other', 1],
        ['sharded', 1],
      ]),
    );
    expect(await publisher.publish(channel, 2)).toBe(1);
    expect((await got.count(3))[2]).toEqual(['plain', 2]);
    await app.close();
    expect((await redis.pubsub('SHARDNUMSUB', `p:${channel}`))[1]).toBe(1);
  });
});

describe('in a Cluster', () => {
  it('all channels are subscribed again after a loss of the connection, and the gap is reported', async () => {
    const [redis, base] = [plainRedis(cluster.url), unique('again')];
    const got = new Recorder<unknown>();
    const handlers = [
      listenerOf([`${base}.plain`, `${base}:{id}`], {}, got.add),
      listenerOf(`${base}.shard`, { sharded: true }, got.add),
    ];
    const { gaps } = await listenFor(handlers, { connection: cluster.connection });
    expect(await killSubscribers(redis)).toBeGreaterThan(0);
    await gaps.until((all) => new Set(all.flatMap(({ channels }) => channels)).size === 3);
    expect(await redis.publish(`${base}.plain`, '1')).toBe(1);
    expect(await redis.publish(`${base}:7`, '2')).toBe(1);
    expect(await redis.spublish(`${base}.shard`, '3')).toBe(1);
    expect(new Set(await got.count(3))).toEqual(new Set([1, 2, 3]));
  });
});

describe('a pattern cannot be sharded', () => {
  it.each(['orders.*', 'orders:{id}'])('%s is refused at bootstrap', async (channel) => {
    const refusal = await refusalOf('channel', { sharded: true }, channel);
    expect(refusal?.error.message).toBe(
      `Orders.handle: option "sharded" is true, but must be false for the pattern "${channel}": Redis has sharded channels by their full names only.`,
    );
  });
});
