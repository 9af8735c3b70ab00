import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Gate, numbers } from '../support/conformance/lab.js';
import { eventually } from '../support/eventually.js';
import { OwnServer } from '../support/own-server.js';
import { QueueLab } from '../support/queue/queue-lab.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const OPTIONS = { concurrency: 8, lease: 3_000, retry: { attempts: 10 } } as const;

describe('Redis that is killed while jobs are handled, and comes back with what it had acknowledged', () => {
  it('loses none, and charges none that was not started', async () => {
    const server = await OwnServer.start();
    const lab = new QueueLab(server.url);
    const worker = await lab.worker({ options: OPTIONS, handle: () => sleep(10) });
    await lab.push(...numbers(400));
    await worker.finished.count(50);

    await server.kill();
    await eventually(() => expect(worker.status()?.alive).toBe(false));
    await server.restart();

    await eventually(() => expect(new Set(worker.data).size).toBe(400));
    await lab.settled();
    // Only what was being acknowledged or started at that moment may come twice.
    expect(worker.started.items.length).toBeLessThanOrEqual(400 + 2 * OPTIONS.concurrency);
    expect(await lab.deadLetters()).toEqual([]);
    await lab.push('after');
    await worker.finished.until((runs) => runs.some(({ data }) => data === 'after'));
  });
});

describe('a reply that is lost', () => {
  /** What takes many jobs at once has the two ends that it can take from among its words; a start has not. */
  const TAKE = /eval(sha)?\r\n[^]*:taken:[^]*(fifo|lifo)/i;

  it('to a script that has taken jobs: they are handled soon, and charged no attempt', async () => {
    const server = await OwnServer.start();
    const lab = new QueueLab(server.url);
    const proxy = await TcpProxy.open(server.url);
    const options = { concurrency: 20, retry: { attempts: 1 } };
    const worker = await lab.worker({ options, flow: { connection: proxy.url }, handle: () => sleep(5) });
    await lab.push('warm');
    await worker.finished.count(1);
    const lost = proxy.loseReplyTo(TAKE);
    await lab.push(...numbers(200));
    await lost;

    await worker.finished.count(201);
    await lab.settled();
    expect(worker.data.slice(1).toSorted((a, b) => Number(a) - Number(b))).toEqual(numbers(200));
    expect(new Set(worker.attempts)).toEqual(new Set([1]));
    expect(await lab.deadLetters()).toEqual([]);
  });

  it('to a script that notes starts: what was not noted is noted afterwards', async () => {
    const server = await OwnServer.start();
    const lab = new QueueLab(server.url);
    const proxy = await TcpProxy.open(server.url);
    let goOn: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    const options = { concurrency: 2, lease: 900 };
    const worker = await lab.worker({ options, flow: { connection: proxy.url }, handle: () => gate });
    const lost = proxy.resetBefore(/eval(sha)?\r\n[^]*:processing:[^]*\$1\r\n1\r\n\$1\r\n0\r\n/i);
    await lab.push('a');
    await lost;
    await worker.started.count(1);

    await eventually(async () => expect(await lab.held('processing')).toHaveLength(1));
    goOn();
    await lab.settled();
    expect(worker.attempts).toEqual([1]);
  });
});

describe('scripts of a queue that are flushed while they are in use', () => {
  it('are sent again: nothing is lost, and attempts are counted', async () => {
    const server = await OwnServer.start();
    const lab = new QueueLab(server.url);
    const worker = await lab.worker({
      options: { lease: 300, concurrency: 4, retry: { attempts: 2, backoff: { type: 'fixed', delay: 50 } } },
      handle: async ({ attempt }) => {
        await sleep(20);
        if (attempt === 1) throw new Error('not yet');
      },
    });
    const flushes = setInterval(() => void lab.redis.script('FLUSH').catch(() => undefined), 20);
    try {
      await lab.push(...numbers(40));
      await worker.finished.count(80);
      await lab.settled();
    } finally {
      clearInterval(flushes);
    }

    for (const attempt of [1, 2]) expect(worker.attempts.filter((each) => each === attempt)).toHaveLength(40);
    expect(await lab.deadLetters()).toEqual([]);
  });
});

describe('a memory that is full', () => {
  it('keeps no job from its end but the dead letters, which are written when there is room again', async () => {
    const server = await OwnServer.start();
    const lab = new QueueLab(server.url);
    const full = new Gate();
    const worker = await lab.worker({
      options: { lease: 600, concurrency: 2, retry: { attempts: 2, backoff: { type: 'fixed', delay: 50 } } },
      handle: async ({ message, attempt }) => {
        await full.pass();
        if (message.data === 'bad' || attempt === 1) throw new Error('not yet');
      },
    });
    await lab.push('bad', ...numbers(10));
    await lab.redis.config('SET', 'maxmemory', '1');
    full.open();
    await lab.push('refused').catch(() => undefined);

    await worker.event('deadLetterFailed');
    await eventually(() => expect(worker.finished.items.filter(({ attempt }) => attempt === 2)).toHaveLength(11));
    expect(worker.status()?.degraded).toMatch(/dead letter of job/);
    expect(await lab.deadLetters()).toEqual([]);
    expect(await lab.held('processing')).toHaveLength(1);
    await lab.redis.config('SET', 'maxmemory', '0');

    await lab.settled();
    expect(await lab.deadLetters()).toHaveLength(1);
    await eventually(() => expect(worker.status()?.degraded).toBeUndefined());
  });
});

describe('a payload of 20 MB', () => {
  it('comes through a retry and into the dead letters byte for byte', async () => {
    const server = await OwnServer.start(['--appendonly', 'no']);
    const lab = new QueueLab(server.url);
    const payload = Buffer.alloc(20 * 1_024 * 1_024, Buffer.from([0x00, 0xff, 0x0a, 0x24]));
    const worker = await lab.worker({
      options: { retry: { attempts: 2, backoff: { type: 'fixed', delay: 5 } } },
      handle: () => {
        throw new Error('never');
      },
    });
    await lab.redis.lpush(lab.queue, payload);

    await worker.event('deadLettered');
    await lab.settled();
    const [letter] = await lab.deadLetters();
    expect(worker.attempts).toEqual([1, 2]);
    expect(letter?.payload.equals(payload)).toBe(true);
  });
});
