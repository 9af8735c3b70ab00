import type { INestApplication } from '@nestjs/common';
import { ClientsModule, type ClientProviderOptions, Transport } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { RedisFlowClient, RedisFlowModule, type PatternsOption, connectRedisFlow } from 'nestjs-redis-flow';
import { describe, expect, it, onTestFinished } from 'vitest';
import { redisUrl, unique } from '../../support/redis.js';
import { MATH_CLIENT, mathApp } from '../../support/requests/math-app.js';

/** The bootstrap lines: all that tells one way from another. */
interface Bootstrap {
  readonly client: ClientProviderOptions;
  readonly imports: () => ReturnType<typeof RedisFlowModule.forRoot>[];
  /** Connects so many microservices. */
  readonly connect: (app: INestApplication, count: number) => void;
}

function onNest(): Bootstrap {
  const { hostname: host, port } = new URL(redisUrl());
  const options = { host, port: Number(port) };
  return {
    client: { name: MATH_CLIENT, transport: Transport.REDIS, options },
    imports: () => [],
    connect: (app, count) => {
      for (let i = 0; i < count; i += 1) app.connectMicroservice({ transport: Transport.REDIS, options });
    },
  };
}

function onFlow(patterns: PatternsOption): Bootstrap {
  const connection = redisUrl();
  // Nest's wire form has no word for cancelling: what never completes runs until the shutdown.
  const shutdown = { timeout: 500 };
  const module = (name = 'default') => RedisFlowModule.forRoot({ connection, patterns, group: 'math', shutdown, name });
  return {
    client: { name: MATH_CLIENT, customClass: RedisFlowClient, options: { connection, patterns } },
    imports: () => [module(), module('second')],
    connect: (app, count) => {
      connectRedisFlow(app, { name: 'default' });
      if (count > 1) connectRedisFlow(app, { name: 'second' });
    },
  };
}

async function start({ client, imports, connect }: Bootstrap, microservices = 1) {
  const math = mathApp(unique('math'));
  const moduleRef = await Test.createTestingModule({
    imports: [ClientsModule.register([client]), ...imports()],
    controllers: [...math.controllers],
    providers: [...math.providers],
  }).compile();
  const app = moduleRef.createNestApplication({ logger: false });
  onTestFinished(() => app.close());
  connect(app, microservices);
  await app.startAllMicroservices();
  await app.init();
  const caller = app.get(math.caller);
  await caller.client.connect();
  return { app, caller, seen: math.seen };
}

const WAYS: [name: string, bootstrap: () => Bootstrap, shares: boolean][] = [
  ["Nest's Transport.REDIS", onNest, false],
  ["patterns: 'channel'", () => onFlow('channel'), false],
  ["patterns: 'stream'", () => onFlow('stream'), true],
  ["patterns with Nest's wire", () => onFlow({ over: 'channel', wire: 'nest' }), false],
];

describe.each(WAYS)('an application written for Transport.REDIS, on %s', (_name, bootstrap, shares) => {
  it('answers with a value, a promise, and an observable, whatever the pattern looks like', async () => {
    const { caller } = await start(bootstrap());
    expect(await caller.sum([1, 2, 3, 4, 5])).toBe(15);
    expect(await caller.sumOfPromise([1, 2, 3])).toBe(6);
    expect(await caller.sumOfObservable([4, 5, 6])).toBe(15);
    expect(await caller.numbered(21)).toBe(42);
  });

  it('streams many values, and completes without one', async () => {
    const { caller } = await start(bootstrap());
    expect(await caller.stream([1, 2, 3, 4, 5])).toEqual([1, 2, 3, 4, 5]);
    expect(await caller.stream([])).toEqual([]);
    expect(await caller.nothing()).toEqual([]);
  });

  it('tells concurrent requests apart', async () => {
    const { caller } = await start(bootstrap());
    const rows = Array.from({ length: 20 }, (_, index) => [index, 1]);
    expect(await caller.concurrent(rows)).toEqual(rows.map(([index = 0]) => index + 1));
  });

  it('gives the caller what the filters make of an error', async () => {
    const { caller } = await start(bootstrap());
    await expect(caller.fail('no such account')).rejects.toEqual({ status: 'error', message: 'no such account' });
    await expect(caller.crash()).rejects.toEqual({ status: 'error', message: 'Internal server error' });
  });

  it('gives an event to all its handlers', async () => {
    const { caller, seen } = await start(bootstrap());
    await caller.notify('hello');
    expect([...(await seen.notifications.count(2))].toSorted()).toEqual(['first hello', 'second hello']);
  });

  it('carries the metadata of a dispatch hook', async () => {
    const { caller, seen } = await start(bootstrap());
    caller.client.setOnDispatchHook((packet) => {
      packet.metadata = { 'x-request-id': 'trace-1' };
    });
    expect(await caller.sum([1])).toBe(1);
    expect(await seen.metadata.count(1)).toEqual([{ 'x-request-id': 'trace-1' }]);
  });

  it('answers until the caller has enough', async () => {
    const { caller } = await start(bootstrap());
    expect(await caller.forever(3)).toEqual([1, 2, 3]);
  });

  it.skipIf(shares)('broadcasts to two microservices in one application', async () => {
    const { caller, seen } = await start(bootstrap(), 2);
    expect(await caller.broadcast()).toEqual([1, 2]);
    await caller.notify('all');
    expect([...(await seen.notifications.count(4))].toSorted()).toEqual([
      'first all',
      'first all',
      'second all',
      'second all',
    ]);
  });

  it.runIf(shares)('has one of two microservices handle each request and each event', async () => {
    const { caller, seen } = await start(bootstrap(), 2);
    await caller.sum([1]);
    await caller.notify('one');
    await caller.notify('two');
    await seen.notifications.count(4);
    await caller.sum([1]);
    expect(seen.metadata.items).toHaveLength(2);
    expect(seen.notifications.items).toHaveLength(4);
  });
});
