import { Controller, Injectable } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { OnQueue, OnStream, RedisPublisher } from 'nestjs-redis-flow';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SHAPES, createIn } from '../support/e2e/app-shapes.js';
import { NOTED, lifecycleModule } from '../support/e2e/lifecycle-modules.js';
import { ORIGINS, placed } from '../support/e2e/origins.js';
import { StreamProbe } from '../support/e2e/stream-probe.js';
import { Recorder } from '../support/recorder.js';
import { plainRedis, unique } from '../support/redis.js';

const CASES = SHAPES.flatMap((shape) =>
  ORIGINS.filter((origin) => origin === 'provider' || shape.servesControllers).map(
    (origin) => [shape.name, origin, shape] as const,
  ),
);

const STARTED = [...NOTED.map((name) => `${name}: init`), ...NOTED.map((name) => `${name}: bootstrap`)].toSorted();

function handlers(stream: string, queue: string, events: Recorder<string>) {
  @Controller()
  class Orders {
    @OnStream(stream)
    @OnQueue(queue)
    handle(data: string): void {
      events.add(data);
    }
  }
  return Orders;
}

describe('waiting messages', () => {
  it.each(CASES)('%s, %s: handling starts after every hook of the start, and not before', async (_, origin, shape) => {
    const [probe, queue, journal] = [new StreamProbe(), unique('jobs'), unique('journal')];
    const events = new Recorder<string>();
    await probe.append('entry');
    await plainRedis().lpush(queue, '"job"');
    const module = lifecycleModule({
      events,
      journal,
      handlers: placed(origin, handlers(probe.stream, queue, events)),
    });
    const { start } = await createIn(shape, module);
    await start();
    await events.count(STARTED.length + 2);
    expect(events.items.slice(0, STARTED.length).toSorted()).toEqual(STARTED);
    expect(events.items.slice(STARTED.length).toSorted()).toEqual(['entry', 'job']);
  });

  it('an application context serves the handlers of its providers', async () => {
    const [probe, queue, journal] = [new StreamProbe(), unique('jobs'), unique('journal')];
    const events = new Recorder<string>();
    await probe.append('entry');
    const Orders = handlers(probe.stream, queue, events);
    const module = lifecycleModule({ events, journal, handlers: placed('provider', Orders) });
    const app = await NestFactory.createApplicationContext(module, { logger: false });
    onTestFinished(() => app.close());
    await events.count(STARTED.length + 1);
    expect(events.items.at(-1)).toBe('entry');
  });
});

it('with consume: false nothing is handled, and publishing works', async () => {
  const [probe, queue, journal] = [new StreamProbe(), unique('jobs'), unique('journal')];
  const events = new Recorder<string>();
  const onController = handlers(probe.stream, queue, events);
  @Injectable()
  class OnProvider extends handlers(probe.stream, queue, events) {}
  const module = lifecycleModule({
    events,
    journal,
    handlers: { controllers: [onController], providers: [OnProvider] },
    flow: { consume: false },
  });
  for (const shape of SHAPES) {
    const { app, start } = await shape.create(module);
    await start();
    await app.get(RedisPublisher).append(probe.stream, 'entry');
    await app.get(RedisPublisher).enqueue(queue, 'job');
    await app.close();
  }
  const redis = plainRedis();
  expect(await redis.xlen(probe.stream)).toBe(SHAPES.length);
  expect(await redis.llen(queue)).toBe(SHAPES.length);
  expect(await redis.xinfo('GROUPS', probe.stream)).toEqual([]);
  expect(events.items).not.toContain('entry');
  expect(events.items).not.toContain('job');
});
