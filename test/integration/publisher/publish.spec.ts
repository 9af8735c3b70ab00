import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, unique } from '../../support/redis.js';
import { publisherOf } from './publisher.js';

async function listen(...channels: string[]): Promise<Recorder<[channel: string, message: string]>> {
  const recorder = new Recorder<[string, string]>();
  const redis = plainRedis();
  redis.on('message', (channel, message) => recorder.add([channel, message]));
  await redis.subscribe(...channels);
  return recorder;
}

describe('publish', () => {
  it('sends the payload itself, and an envelope with headers', async () => {
    const [publisher, channel] = [await publisherOf(), unique('news')];
    const heard = await listen(channel);
    await publisher.publish(channel, { a: 1 });
    await publisher.publish(channel, 'text');
    await publisher.publish(channel, null, { headers: { t: 'x' } });
    expect(await heard.count(3)).toEqual([
      [channel, '{"a":1}'],
      [channel, '"text"'],
      [channel, '{"$data":null,"$headers":{"t":"x"}}'],
    ]);
  });

  it('gives the number of those who got it', async () => {
    const [publisher, channel] = [await publisherOf(), unique('news')];
    expect(await publisher.publish(channel, 1)).toBe(0);
    await listen(channel);
    await listen(channel);
    expect(await publisher.publish(channel, 1)).toBe(2);
  });

  it('takes a channel as it is, also one that looks like a pattern', async () => {
    const [publisher, channel] = [await publisherOf(), unique('news:{id}:*')];
    const heard = await listen(channel);
    expect(await publisher.publish(channel, 1)).toBe(1);
    expect(await heard.count(1)).toEqual([[channel, '1']]);
  });
});

describe('publishMany', () => {
  it('sends in order and gives the receivers of each', async () => {
    const [publisher, channel] = [await publisherOf(), unique('news')];
    const heard = await listen(channel);
    const messages = Array.from({ length: 100 }, (_, n) => ({ data: n }));
    expect(await publisher.publishMany(channel, messages)).toEqual(messages.map(() => 1));
    expect((await heard.count(100)).map(([, message]) => message)).toEqual(messages.map(({ data }) => String(data)));
  });

  it('sends nothing for no messages', async () => {
    const [publisher, channel, redis] = [await publisherOf(), unique('news'), plainRedis()];
    const next = once(redis, 'message');
    await redis.subscribe(channel);
    expect(await publisher.publishMany(channel, [])).toEqual([]);
    await publisher.publish(channel, 'the first');
    expect(await next).toEqual([channel, '"the first"']);
  });
});
