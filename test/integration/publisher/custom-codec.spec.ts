import { Ctx } from '@nestjs/microservices';
import { type Codec, OnChannel, OnQueue, OnStream, type RedisFlowContext, RedisPublisher } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../../support/app.js';
import { Recorder } from '../../support/recorder.js';
import { unique } from '../../support/redis.js';

/** JSON whose every byte is inverted: never UTF-8, full of newlines and zeros. */
const inverted: Codec = {
  encode: (data) => Buffer.from(JSON.stringify(data)).map((byte) => byte ^ 0xff) as Buffer,
  decode: (payload) => JSON.parse(Buffer.from(payload.map((byte) => byte ^ 0xff)).toString()) as unknown,
};

const base64: Codec = {
  encode: (data) => Buffer.from(JSON.stringify(data)).toString('base64'),
  decode: (payload) => JSON.parse(Buffer.from(payload.toString(), 'base64').toString()) as unknown,
};

/** Dates survive; its own form is JSON, too. */
const dated: Codec = {
  encode: (data) =>
    JSON.stringify(data, function (this: Record<string, unknown>, key, value: unknown) {
      return this[key] instanceof Date ? { $date: this[key].getTime() } : value;
    }),
  decode: (payload) =>
    JSON.parse(payload.toString(), (_, value: unknown) =>
      typeof value === 'object' && value !== null && '$date' in value ? new Date(Number(value.$date)) : value,
    ) as unknown,
};

describe.each([
  ['a binary codec', inverted, { a: ['é', null, 1] }],
  ['a text codec', base64, { a: ['é', null, 1] }],
  ['a codec whose text is JSON', dated, { at: new Date(5) }],
])('%s', (_, codec, data) => {
  it.each([
    ['with headers', { t: 'x' }],
    ['without headers', {}],
  ])('carries data over channel, stream and queue %s', async (__, headers) => {
    const name = unique('codec');
    const heard = new Recorder<object>();
    class Handlers {
      @OnStream(name)
      @OnQueue(`${name}-jobs`)
      @OnChannel(name)
      handle(@Ctx() { message }: RedisFlowContext): void {
        heard.add({ mechanism: message.source.mechanism, data: message.data, headers: message.headers });
      }
    }
    const app = await hybridApp({ flow: { codec }, providers: [Handlers] });
    const publisher = app.get(RedisPublisher);
    await publisher.append(name, data, { headers });
    await publisher.enqueue(`${name}-jobs`, data, { headers });
    await publisher.publish(name, data, { headers });
    const got = await heard.count(3);
    for (const mechanism of ['stream', 'queue', 'channel']) expect(got).toContainEqual({ mechanism, data, headers });
  });
});
