import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { channelHarness } from '../../support/conformance/channel.harness.js';
import { Lab, numbers } from '../../support/conformance/lab.js';
import { queueHarness } from '../../support/conformance/queue.harness.js';
import { streamHarness } from '../../support/conformance/stream.harness.js';
import { eventually } from '../../support/eventually.js';
import { redisUrl } from '../../support/redis.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

const READ = /xreadgroup|blmove/i;
/** Less than a command waits for Redis to be there, and more than a busy machine takes, in ms. */
const PROMPT = 4_000;
/** Far less than a lease, in ms. */
const SOON = 10_000;

/** The ids of the worker's connections that wait in Redis. */
async function blockedIds(lab: Lab, consumer: string): Promise<number[]> {
  const list = (await lab.redis.client('LIST')) as string;
  const lines = list.split('\n').filter((line) => line.includes(` name=${consumer}:`) && / flags=\S*b/.test(line));
  return lines.map((line) => Number(/id=(\d+)/.exec(line)?.[1]));
}

/** The id of the one that waits, once there is one and no other. */
async function blockedId(lab: Lab, consumer: string): Promise<number> {
  const [id = 0] = await eventually(async () => {
    const ids = await blockedIds(lab, consumer);
    expect(ids).toHaveLength(1);
    return ids;
  });
  return id;
}

describe.each([streamHarness, queueHarness])('the reading connection, $kind', (harness) => {
  it('is made anew when it is killed while it waits, again and again, and nothing is lost', async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker();
    for (const round of numbers(5)) {
      await lab.redis.client('KILL', 'ID', await blockedId(lab, worker.consumer));
      await lab.publish([round]);
      await worker.finished.count(round + 1);
    }

    expect(worker.data).toEqual(numbers(5));
    expect(worker.attempts).toEqual([1, 1, 1, 1, 1]);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    // One for commands, one that reads, and a queue's subscriber.
    expect(await lab.connectionsOf(worker)).toHaveLength(harness.kind === 'queue' ? 3 : 2);
  });

  it('loses a reply with a message in it: the message is handled soon, and charged no attempt', async () => {
    const lab = await Lab.open(harness);
    const proxy = await TcpProxy.open(redisUrl());
    const worker = await lab.worker({ flow: { connection: proxy.url }, retry: { attempts: 1 } });
    for (const round of numbers(3)) {
      await blockedId(lab, worker.consumer);
      const lost = proxy.loseReplyTo(READ);
      const since = Date.now();
      await lab.publish([round]);
      await lost;
      expect(worker.data).toHaveLength(round);

      await worker.finished.count(round + 1);
      expect(Date.now() - since).toBeLessThan(SOON);
    }

    expect(worker.data).toEqual(numbers(3));
    expect(worker.attempts).toEqual([1, 1, 1]);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    expect(await lab.deadLetters()).toEqual([]);
  });

  it.each([
    ['alone', READ],
    ['and with it the one for commands', /(?:)/],
  ])('takes nothing with it that comes after it was reset on this side only, %s', async (_, which) => {
    const lab = await Lab.open(harness);
    const proxy = await TcpProxy.open(redisUrl());
    const worker = await lab.worker({ flow: { connection: proxy.url } });
    const before = await blockedId(lab, worker.consumer);
    expect(proxy.orphan(which)).toBeGreaterThan(0);
    // Until another read waits in Redis in its place.
    await eventually(async () => {
      const ids = await blockedIds(lab, worker.consumer);
      expect(ids).toHaveLength(1);
      expect(ids).not.toContain(before);
    });

    await lab.publish(['first']);
    await eventually(() => expect(worker.data).toEqual(['first']), SOON);
    await lab.publish(['second']);
    await eventually(() => expect(worker.data).toEqual(['first', 'second']), SOON);
    expect(worker.attempts).toEqual([1, 1]);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    await blockedId(lab, worker.consumer);
  });

  it('does not hold up a close that comes while it is being made', async () => {
    const lab = await Lab.open(harness);
    const proxy = await TcpProxy.open(redisUrl());
    proxy.delayConnections(150);
    for (const pause of [0, 30, 80, 120, 160]) {
      const worker = await lab.worker({ flow: { connection: proxy.url } });
      await sleep(pause);
      const since = Date.now();
      await worker.close();
      expect(Date.now() - since).toBeLessThan(PROMPT);
    }
  });
});

describe.each([streamHarness, queueHarness])('the command connection, $kind', (harness) => {
  /** Of a queue: a script that notes no start, neither counted nor named, and so only an end. */
  const SETTLE = /xack|evalsha[^]*:taken:[^\r]*\r\n\$1\r\n0\r\n\$1\r\n0\r\n/i;

  it('loses the reply to a settlement: the message is settled all the same, and handled once', async () => {
    const lab = await Lab.open(harness);
    const proxy = await TcpProxy.open(redisUrl());
    const worker = await lab.worker({ flow: { connection: proxy.url } });
    const lost = proxy.loseReplyTo(SETTLE);

    await lab.publish(['x']);
    await lost;
    await lab.publish(['y']);

    await worker.finished.count(2);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    expect(worker.data).toEqual(['x', 'y']);
    expect(worker.attempts).toEqual([1, 1]);
  });
});

describe('the subscribing connection', () => {
  it('subscribes again by itself when it is killed', async () => {
    const lab = await Lab.open(channelHarness);
    const worker = await lab.worker();
    const list = await lab.connectionsOf(worker);
    const subscriber = list.find((line) => / sub=1 /.test(line));

    await lab.redis.client('KILL', 'ID', Number(/id=(\d+)/.exec(subscriber ?? '')?.[1]));
    await eventually(async () => expect(await lab.redis.pubsub('NUMSUB', lab.target)).toEqual([lab.target, 1]));
    await lab.publish(['after']);

    await worker.finished.count(1);
    expect(worker.data).toEqual(['after']);
  });
});
