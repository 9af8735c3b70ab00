import { Payload } from '@nestjs/microservices';
import { DeadLetter, OnChannel, OnQueue, OnStream, RedisPublisher } from 'nestjs-redis-flow';
import { expect, it } from 'vitest';
import { hybridApp } from '../../support/app.js';
import { eventually } from '../../support/eventually.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, unique } from '../../support/redis.js';

it('the prefix stands before every key and channel: consumed, derived, dead-lettered, matched by a glob', async () => {
  const redis = plainRedis();
  // Read as a glob, it would match more than itself.
  const prefix = `${unique('app')}[*]:`;
  const heard = new Recorder<string>();
  class Handlers {
    @OnStream('orders')
    stream(@Payload() data: string) {
      heard.add(`stream ${data}`);
      return DeadLetter.because('x');
    }

    @OnQueue('jobs')
    queue(@Payload() data: string) {
      heard.add(`queue ${data}`);
      return DeadLetter.because('x');
    }

    @OnChannel('news')
    channel(@Payload() data: string): void {
      heard.add(`channel ${data}`);
    }

    @OnChannel('user:{id}')
    glob(@Payload() data: string): void {
      heard.add(`glob ${data}`);
    }
  }
  const app = await hybridApp({ flow: { keyPrefix: prefix }, providers: [Handlers] });
  const publisher = app.get(RedisPublisher);
  await publisher.append('orders', 'a');
  await publisher.enqueue('jobs', 'b');
  expect(await publisher.publish('news', 'c')).toBe(1);
  expect(await publisher.publish('user:7', 'd')).toBe(1);
  expect((await heard.count(4)).toSorted()).toEqual(['channel c', 'glob d', 'queue b', 'stream a']);
  await eventually(async () => {
    expect(await redis.xlen(`${prefix}orders:dlq`)).toBe(1);
    expect(await redis.llen(`${prefix}jobs:dlq`)).toBe(1);
  });
  expect(await redis.exists('orders', 'jobs', 'orders:dlq', 'jobs:dlq', 'jobs:consumers')).toBe(0);
  expect(await redis.publish(`${prefix.replace('[*]', '*')}user:7`, 'e')).toBe(0);
});
