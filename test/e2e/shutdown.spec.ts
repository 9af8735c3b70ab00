import { Controller, Inject } from '@nestjs/common';
import { OnStream, RedisPublisher } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { SHAPES, createIn } from '../support/e2e/app-shapes.js';
import { lifecycleModule } from '../support/e2e/lifecycle-modules.js';
import { ORIGINS, placed } from '../support/e2e/origins.js';
import { StreamProbe } from '../support/e2e/stream-probe.js';
import { Recorder } from '../support/recorder.js';
import { plainRedis, unique } from '../support/redis.js';

const CASES = SHAPES.flatMap((shape) =>
  ORIGINS.filter((origin) => origin === 'provider' || shape.servesControllers).map(
    (origin) => [shape.name, origin, shape] as const,
  ),
);

const ENDING = ['destroy', 'before shutdown', 'shutdown'];

describe('app.close()', () => {
  it.each(CASES)('%s, %s: running handlers end before any hook of the end', async (_, origin, shape) => {
    const [probe, journal, followUps] = [new StreamProbe(), unique('journal'), unique('follow-ups')];
    const events = new Recorder<string>();
    let finish: () => void = () => undefined;
    const mayFinish = new Promise<void>((resolve) => (finish = resolve));

    @Controller()
    class Orders {
      constructor(@Inject(RedisPublisher) private readonly publisher: RedisPublisher) {}

      @OnStream(probe.stream, { concurrency: 2 })
      async handle(data: string): Promise<void> {
        events.add(`${data}: begin`);
        await mayFinish;
        await this.publisher.append(followUps, data);
        events.add(`${data}: end`);
      }
    }

    const module = lifecycleModule({ events, journal, handlers: placed(origin, Orders) });
    const { app, start } = await createIn(shape, module);
    await start();
    await probe.append('running');
    await events.until((items) => items.includes('running: begin'));
    const before = events.items.length;

    const closing = app.close();
    await probe.append('too late');
    expect(events.items.slice(before)).toEqual([]);
    finish();
    await closing;

    const after = events.items.slice(before);
    expect(after[0]).toBe('running: end');
    expect(after.slice(1).map((event) => event.split(': ')[1])).toEqual(ENDING.flatMap((hook) => [hook, hook, hook]));
    const redis = plainRedis();
    expect(await redis.xrange(followUps, '-', '+')).toHaveLength(1);
    expect(await redis.xrange(journal, '-', '+')).toHaveLength(9);
    const [first] = await redis.xrange(probe.stream, '-', '+', 'COUNT', 1);
    const pending = await redis.xpending(probe.stream, 'test', '-', '+', 10);
    expect(pending.map((row) => (row as unknown[])[0])).not.toContain(first?.[0]);
  });
});
