import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type AckOption, OnStream, RedisPublisher } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../../support/app.js';
import { eventually } from '../../support/eventually.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, unique } from '../../support/redis.js';

/** Handles two messages, loses its group, and handles a third one. */
async function handledAround(ack: AckOption): Promise<readonly unknown[]> {
  const redis = plainRedis();
  const stream = unique('orders');
  const handled = new Recorder<unknown>();

  @Controller()
  class Orders {
    @OnStream(stream, { ack, group: 'payments' })
    charge(@Payload() data: string): void {
      handled.add(data);
    }
  }
  const app = await hybridApp({ controllers: [Orders] });
  const publisher = app.get(RedisPublisher);
  await publisher.appendMany(stream, [{ data: 'a' }, { data: 'b' }]);
  await handled.count(2);
  await eventually(async () => expect(await redis.xpending(stream, 'payments')).toEqual([0, null, null, null]));
  await redis.xgroup('DESTROY', stream, 'payments');
  await publisher.append(stream, 'c');
  await handled.until((all) => all.includes('c'));
  return handled.items;
}

describe('a group that is deleted, and made anew from the oldest entry', () => {
  it('gets again what is still in the stream', async () => {
    expect(await handledAround('after')).toEqual(['a', 'b', 'a', 'b', 'c']);
  });

  it(`knows with ack 'once' what is done, and handles only what is not`, async () => {
    expect(await handledAround('once')).toEqual(['a', 'b', 'c']);
  });
});
