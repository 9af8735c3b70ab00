import { setTimeout as sleep } from 'node:timers/promises';
import { Worker as Thread } from 'node:worker_threads';
import { LeaseLostError } from 'nestjs-redis-flow';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRedisServer } from '../../../tools/redis/start-server.mjs';
import { Gate, numbers } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { Recorder } from '../../support/recorder.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { heartbeatsByHand } from './heartbeats.js';
import { FAST, GROUP, StreamLab } from './lab.js';

const LEASE = 600;

const PROGRAM = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { Redis } = require('ioredis');
  const redis = new Redis(workerData.url);
  parentPort.once('message', async (id) => {
    await redis.xclaim(workerData.stream, workerData.group, 'another', 0, id);
    Atomics.store(workerData.flag, 0, 1);
    Atomics.notify(workerData.flag, 0);
    redis.disconnect();
  });
`;

/** Another consumer, on a thread of its own. */
class Another {
  private readonly flag = new Int32Array(new SharedArrayBuffer(4));
  private readonly thread: Thread;

  constructor({ url, stream }: StreamLab) {
    this.thread = new Thread(PROGRAM, { eval: true, workerData: { url, stream, group: GROUP, flag: this.flag } });
    onTestFinished(async () => void (await this.thread.terminate()));
  }

  /** Takes an entry over while nothing runs in this thread, no heartbeat either, for two leases. */
  takesOverWhileAllStandsStill(id: string): void {
    const until = performance.now() + 2 * LEASE;
    while (performance.now() < until);
    this.thread.postMessage(id);
    Atomics.wait(this.flag, 0, 0, 10_000);
  }
}

/** What another consumer does when a lease has run out. */
const takeOver = (lab: StreamLab, id: string) => lab.redis.xclaim(lab.stream, GROUP, 'another', 0, id);

describe('a message that another consumer has taken over', () => {
  it('fires the signal with a LeaseLostError, is told as an event, and what comes of it changes nothing', async () => {
    const lab = StreamLab.open();
    const beat = heartbeatsByHand();
    const gate = new Gate();
    const aborted = new Recorder<unknown>();
    const worker = await lab.worker({ retry: { attempts: 2, backoff: FAST } }, async ({ signal }) => {
      signal.addEventListener('abort', () => aborted.add(signal.reason));
      await gate.pass();
      throw new Error('too late');
    });
    const [id = ''] = await lab.append('x');
    await worker.started.count(1);

    await takeOver(lab, id);
    await beat();
    const [reason] = await aborted.count(1);
    gate.open();
    await worker.finished.count(1);

    expect(reason).toBeInstanceOf(LeaseLostError);
    expect(worker.eventsOf('leaseLost')).toEqual([
      expect.objectContaining({ id, attempt: 1, connection: 'default', handler: 'FeatureHandler.handle' }),
    ]);
    expect(await lab.pending()).toEqual([expect.objectContaining({ id, consumer: 'another' })]);
    expect(await lab.letters()).toEqual([]);
  });

  it('is not handled here any more when it still waited for its handler', async () => {
    const lab = StreamLab.open();
    const beat = heartbeatsByHand();
    const worker = await lab.worker({ batch: { size: 3, wait: 60_000 } });
    const [id = ''] = await lab.append('taken', 'ours');
    await eventually(async () => expect(await lab.pending()).toHaveLength(2));

    await takeOver(lab, id);
    await eventually(async () => {
      await beat();
      expect(worker.eventsOf('leaseLost')).toHaveLength(1);
    });
    await lab.append('last');
    await worker.finished.count(1);

    expect(worker.data).toEqual([['ours', 'last']]);
  });

  it("is not handled here where the answer to 'once' comes after a heartbeat's", async () => {
    const lab = StreamLab.open();
    const beat = heartbeatsByHand();
    const proxy = await TcpProxy.open(lab.url);
    const flow = { connection: proxy.only('blocking') };
    const worker = await lab.worker({ ack: 'once', lease: LEASE }, undefined, { flow });
    // From here on Redis knows the script, and the next one goes out over the reading connection.
    await lab.append('warm-up');
    await worker.finished.count(1);
    await lab.settled();

    const held = proxy.holdReplyTo(new RegExp(`EVALSHA[^]*:once:${GROUP}:`));
    const [id = ''] = await lab.append('taken');
    await held;
    await sleep(LEASE);
    await takeOver(lab, id);
    await beat();
    proxy.resume();
    await worker.event('leaseLost');

    expect(worker.data).toEqual(['warm-up']);
    expect(await lab.pending()).toEqual([expect.objectContaining({ id, consumer: 'another' })]);
  });

  it('is not acknowledged by a handler that ends when nobody has noticed yet and the lease is in doubt', async () => {
    const lab = StreamLab.open();
    const another = new Another(lab);
    // So nobody notices, and nobody here takes it back when the lease of the other one ends.
    heartbeatsByHand();
    const worker = await lab.worker({ lease: LEASE }, ({ message }) =>
      another.takesOverWhileAllStandsStill(message.id),
    );
    const [id] = await lab.append('x');

    const [lost] = await worker.event('leaseLost');

    expect(lost).toMatchObject({ id, attempt: 1, source: { consumer: worker.consumer } });
    expect(worker.finished.items).toHaveLength(1);
    expect(await lab.pending()).toEqual([expect.objectContaining({ id, consumer: 'another' })]);
  });
});

describe('extend', () => {
  it('rejects with a LeaseLostError where the message belongs to another consumer', async () => {
    const lab = StreamLab.open();
    const errors = new Recorder<unknown>();
    await lab.worker({ lease: 30_000 }, async (context) => {
      await takeOver(lab, context.message.id);
      await context.extend(1_000).catch(errors.add);
    });
    const [id = ''] = await lab.append('x');

    const [error] = await errors.count(1);

    expect(error).toBeInstanceOf(LeaseLostError);
    expect((error as Error).message).toContain(id);
  });

  it('renews the lease now', async () => {
    const lab = StreamLab.open();
    /** When the consumer gave its last sign of life, and what time it is, by Redis' clock in ms. */
    const look = async () => {
      const both = lab.redis.multi().time().xpending(lab.stream, GROUP, '-', '+', 1);
      const [[, [seconds, micros]], [, [[, , idle]]]] = (await both.exec()) as [
        [null, [string, string]],
        [null, [[string, string, number, number]]],
      ];
      const now = Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
      return { now, seenAt: now - idle };
    };
    const looks = new Recorder<Awaited<ReturnType<typeof look>>>();
    const worker = await lab.worker({ lease: 30_000 }, async (context) => {
      await sleep(50);
      looks.add(await look());
      await context.extend(5_000);
      looks.add(await look());
    });
    await lab.append('x');
    await worker.finished.count(1);

    const [before, after] = looks.items;
    expect(before?.seenAt).toBeLessThan(Number(before?.now));
    expect(after?.seenAt).toBeGreaterThanOrEqual(Number(before?.now));
  });

  it('moves the end of the timeout', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ timeout: 150 }, async (context) => {
      await context.extend(60_000);
      await sleep(300);
    });
    await lab.append('x');
    await worker.finished.count(1);
    await lab.settled();

    expect(worker.attempts).toEqual([1]);
  });
});

describe('a lease that is not lost', () => {
  it('is not asked about to acknowledge what was handled', async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.stop());
    const lab = StreamLab.open(server.url);
    // The name of one that is named is renewed by a script.
    const worker = await lab.worker({}, undefined, { isUnnamed: true });
    await lab.append('first');
    await worker.finished.count(1);
    await lab.settled();
    await lab.redis.config('RESETSTAT');

    await lab.append(...numbers(20));
    await worker.finished.count(21);
    await lab.settled();

    const stats = await lab.redis.info('commandstats');
    expect(stats).toMatch(/cmdstat_xack:/);
    const calls = (command: string) => Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
    // What scripts there are look for losses.
    expect(calls('eval') + calls('evalsha')).toBe(calls(String.raw`xinfo\|groups`));
  });

  it('is not said to be when a heartbeat goes out while its retry is on the way to Redis', async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.stop());
    const lab = StreamLab.open(server.url);
    const worker = await lab.worker({ lease: LEASE, retry: { backoff: FAST } }, async ({ attempt }) => {
      if (attempt > 1) return;
      // Redis answers late, and in order: the retry first, then the heartbeats.
      await lab.redis.call('CLIENT', 'PAUSE', LEASE, 'ALL');
      throw new Error('not yet');
    });
    await lab.append('x');
    await worker.finished.count(2);
    await lab.settled();

    expect(worker.eventsOf('leaseLost')).toEqual([]);
    expect(worker.attempts).toEqual([1, 2]);
  });
});
