import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../tools/redis/free-port.mjs';
import { startRedisServer } from '../../tools/redis/start-server.mjs';
import { ChildApp } from '../support/e2e/child-app.js';
import { StreamProbe } from '../support/e2e/stream-probe.js';
import { plainRedis, redisUrl, unique } from '../support/redis.js';

const SHAPES = ['hybrid', 'pure'] as const;
/** With Nest's hooks the signal ends the process; without them it ends when nothing is left to wait for. */
const BY_SIGNAL = { hooks: { code: null, signal: 'SIGTERM' }, close: { code: 0, signal: null } } as const;
const CASES = SHAPES.flatMap((shape) => (['hooks', 'close'] as const).map((signal) => ({ shape, signal })));
/** A read that is not woken waits for 5 s. */
const SOONER_THAN_A_READ = 4_500;
/** Much for a busy machine; what is not bounded takes for ever. */
const PATIENCE = 10_000;
const ENDING = ['destroy', 'before shutdown', 'shutdown'];

describe.each(CASES)('SIGTERM to a $shape application ($signal)', ({ shape, signal }) => {
  it('lets running handlers finish and acknowledges them before the hooks, then the process ends', async () => {
    const probe = new StreamProbe('controller');
    const { stream } = probe;
    const options = { url: redisUrl(), stream, shape, signal, work: 300, timeout: 10_000, journal: true };
    const child = new ChildApp(options);
    await child.said('ready');
    await probe.append('running');
    await Promise.all([child.said('controller begin'), child.said('provider begin')]);

    const { after, ...end } = await child.terminate();

    expect(end).toEqual(BY_SIGNAL[signal]);
    expect(after).toBeLessThan(SOONER_THAN_A_READ);
    const [, ...events] = child.events.items;
    expect(events.slice(0, 2).toSorted()).toEqual(['controller begin', 'provider begin']);
    expect(events.slice(2, 4).toSorted()).toEqual(['controller end', 'provider end']);
    expect(events.slice(4)).toEqual([...ENDING, ...(signal === 'close' ? ['closed'] : [])]);
    await probe.settled(1, 'controller');
    await probe.settled(1, 'provider');
    expect(await plainRedis().xlen(`${probe.stream}:journal`)).toBe(1);
  });

  it('ends an idle process at once', async () => {
    const child = new ChildApp({ url: redisUrl(), stream: unique('s'), shape, signal, work: 0, timeout: 10_000 });
    await child.said('ready');
    const { after, ...end } = await child.terminate();
    expect(end).toEqual(BY_SIGNAL[signal]);
    expect(after).toBeLessThan(SOONER_THAN_A_READ);
  });
});

describe.each(SHAPES)('SIGTERM to a %s application without Redis', (shape) => {
  it('ends the process when Redis has gone while a handler runs; the wait is bounded by shutdown.timeout', async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.stop());
    const stream = unique('orders');
    const child = new ChildApp({ url: server.url, stream, shape, signal: 'close', work: 300, timeout: 1_000 });
    await child.said('ready');
    const redis = plainRedis(server.url);
    await redis.xadd(stream, '*', '$data', '1');
    redis.disconnect();
    await child.said('controller begin');
    await server.stop('SIGKILL');
    await child.said('disconnected');
    const { after, ...end } = await child.terminate();
    expect(end).toEqual(BY_SIGNAL.close);
    expect(after).toBeLessThan(PATIENCE);
    expect(child.events.items).toEqual(expect.arrayContaining(['controller end', ...ENDING, 'closed']));
  });
});

it('SIGTERM ends an application whose Redis has never been there', async () => {
  const url = `redis://127.0.0.1:${await freePort()}`;
  const child = new ChildApp({ url, stream: unique('s'), shape: 'hybrid', signal: 'close', work: 0, timeout: 1_000 });
  await child.said('ready');
  const { after, ...end } = await child.terminate();
  expect(end).toEqual(BY_SIGNAL.close);
  expect(after).toBeLessThan(PATIENCE);
});
