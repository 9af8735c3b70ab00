import { Controller, Post } from '@nestjs/common';
import { OnQueue, RedisPublisher } from 'nestjs-redis-flow';
import { expect, it } from 'vitest';
import { hybridApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { plainRedis, unique } from '../support/redis.js';

class OutOfStock extends Error {}

it('a method that is a route as well answers its failing HTTP requests as Nest does, and keeps the original error of its messages', async () => {
  const queue = unique('orders');
  @Controller()
  class Orders {
    @Post('orders')
    @OnQueue(queue, { retry: false })
    place(): never {
      throw new OutOfStock('nothing left');
    }
  }
  const app = await hybridApp({ controllers: [Orders] });
  await app.listen(0);

  const response = await fetch(`${await app.getUrl()}/orders`, { method: 'POST' });
  expect(response.status).toBe(500);

  await app.get(RedisPublisher).enqueue(queue, {});
  await eventually(async () => {
    expect(await plainRedis().lindex(`${queue}:dlq`, 0)).toContain('"dlq-error-class":"OutOfStock"');
  });
});
