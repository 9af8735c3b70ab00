import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { numbers } from '../support/conformance/lab.js';
import { eventually } from '../support/eventually.js';
import { StreamLab } from '../support/faults/stream-lab.js';
import type { LabWorker } from '../support/lab-worker.js';
import { OwnServer } from '../support/own-server.js';
import { redisUrl } from '../support/redis.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const READ = /xreadgroup/i;
/**
 * A read blocks for 5 s at most, its watchdog gives 3 s more, and another 5 s are for a new connection. The rest is for a
 * busy machine, and a lease is longer.
 */
const RESUMES_WITHIN = 20_000;

/** Waits until a worker has begun so many messages. @returns every start, with its attempt, in the messages' order. */
async function starts(worker: LabWorker, count: number): Promise<string[]> {
  await eventually(() => expect(new Set(worker.data).size).toBe(count), RESUMES_WITHIN);
  const runs = worker.started.items.toSorted((a, b) => Number(a.data) - Number(b.data));
  return runs.map(({ data, attempt }) => `${Number(data)}, attempt ${attempt}`);
}

/** Each of so many messages was begun once. */
const eachOnce = (count: number): string[] => numbers(count).map((n) => `${n}, attempt 1`);

async function proxied(options = {}) {
  const lab = new StreamLab();
  const proxy = await TcpProxy.open(redisUrl());
  const worker = await lab.worker({ flow: { connection: proxy.url }, options: { concurrency: 4, ...options } });
  await lab.append(0);
  await worker.finished.count(1);
  await lab.settled();
  return { lab, proxy, worker };
}

describe('a reply to a read that is lost', () => {
  it('costs its messages no attempt and no lease: they are handled soon, and once', async () => {
    const { lab, proxy, worker } = await proxied({ retry: { attempts: 1 } });
    for (const round of numbers(3)) {
      const lost = proxy.loseReplyTo(READ);
      await lab.append(...numbers(10).map((n) => 1 + 10 * round + n));
      await lost;
      expect(await starts(worker, 1 + 10 * (round + 1))).toEqual(eachOnce(1 + 10 * (round + 1)));
    }
    await lab.settled();
    expect(await lab.deadLetters()).toEqual([]);
  });

  it('costs them no more than the watchdog where the connection stays open', async () => {
    const { lab, proxy, worker } = await proxied({ retry: { attempts: 1 } });
    const swallowed = proxy.swallowReplyTo(READ);
    await lab.append(1, 2, 3);
    await swallowed;

    expect(await starts(worker, 4)).toEqual(eachOnce(4));
    await lab.settled();
  });
});

describe('connections that are reset while handlers run', () => {
  it('are made anew: nothing is lost, and nothing is handed out twice', async () => {
    const lab = new StreamLab();
    const proxy = await TcpProxy.open(redisUrl());
    const handle = (): Promise<unknown> => sleep(20);
    const worker = await lab.worker({ flow: { connection: proxy.url }, options: { concurrency: 8 }, handle });
    await lab.append(...numbers(400));
    for (const round of numbers(4)) {
      await worker.started.count(60 * (round + 1));
      await eventually(() => expect(proxy.reset()).toBeGreaterThan(0));
    }

    expect(await starts(worker, 400)).toEqual(eachOnce(400));
    await lab.settled();
  });
});

describe('a peer that vanishes without a word', () => {
  it('is given up by the watchdog: reading resumes on new connections, nothing is lost or handed out twice', async () => {
    const { lab, proxy, worker } = await proxied();

    proxy.blackhole();
    // Redis hands these to a connection that nobody reads any more.
    await lab.append(1, 2, 3);

    expect(await starts(worker, 4)).toEqual(eachOnce(4));
    await lab.append(4);
    expect(await starts(worker, 5)).toEqual(eachOnce(5));
    await lab.settled(RESUMES_WITHIN);
    await eventually(() => expect(worker.health().status).toBe('up'));
  });

  it('is given up as soon when it vanishes in the middle of the traffic', async () => {
    const { lab, proxy, worker } = await proxied();
    for (const n of numbers(100)) await lab.append(n + 1);

    proxy.blackhole();
    await lab.append(101);

    expect(await starts(worker, 102)).toEqual(eachOnce(102));
    await lab.settled(RESUMES_WITHIN);
  });

  it('takes acknowledgements with it, and they are made good', async () => {
    const lab = new StreamLab();
    const proxy = await TcpProxy.open(redisUrl());
    const handle = (): Promise<unknown> => sleep(300);
    const worker = await lab.worker({ flow: { connection: proxy.url }, options: { concurrency: 4 }, handle });
    await lab.append(...numbers(4));
    await worker.started.count(4);

    proxy.blackhole();

    expect(await starts(worker, 4)).toEqual(eachOnce(4));
    await lab.settled(RESUMES_WITHIN + 5_000);
    expect(await lab.deadLetters()).toEqual([]);
  });
});

describe('a network that is gone for a while', () => {
  it('delivers late what was under way: nothing is lost, nothing is handed out twice while leases hold', async () => {
    const { lab, proxy, worker } = await proxied();

    proxy.blackhole('all');
    await lab.append(1, 2, 3);
    await sleep(10_000);
    proxy.resume();

    expect(await starts(worker, 4)).toEqual(eachOnce(4));
    await lab.settled(RESUMES_WITHIN);
    await eventually(() => expect(worker.health().status).toBe('up'));
  });
});

describe('a server that stands still', () => {
  it('is noticed, and reading resumes when it goes on: nothing is lost, nothing is handed out twice', async () => {
    const server = await OwnServer.start();
    const lab = new StreamLab(server.url);
    const worker = await lab.worker({ options: { concurrency: 4 } });
    await lab.append(0);
    await worker.finished.count(1);
    await lab.settled();

    server.freeze();
    await eventually(() => expect(worker.health().status).toBe('down'), RESUMES_WITHIN);
    server.thaw();
    await lab.append(1, 2, 3);

    expect(await starts(worker, 4)).toEqual(eachOnce(4));
    await lab.settled(RESUMES_WITHIN);
    await eventually(() => expect(worker.health().status).toBe('up'));
  });
});

describe('a slow line', () => {
  it('slows the work down and breaks nothing', async () => {
    const { lab, proxy, worker } = await proxied();
    proxy.delay(100);

    await lab.append(...numbers(20).map((n) => n + 1));

    expect(await starts(worker, 21)).toEqual(eachOnce(21));
    await lab.settled();
  });
});
