import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PublishFailedError } from 'nestjs-redis-flow';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRedisServer } from '../../../tools/redis/start-server.mjs';
import { channelHarness } from '../../support/conformance/channel.harness.js';
import { Lab, numbers } from '../../support/conformance/lab.js';
import { queueHarness } from '../../support/conformance/queue.harness.js';
import { streamHarness } from '../../support/conformance/stream.harness.js';
import { eventually } from '../../support/eventually.js';

const DOWN = 3_000;

/** A server that keeps what it has acknowledged, and can be stopped and brought back at its port. */
async function lastingServer() {
  const dir = await mkdtemp(join(tmpdir(), 'redis-outage-'));
  const args = ['--appendonly', 'yes', '--appendfsync', 'always'];
  let server = await startRedisServer({ dir, args });
  onTestFinished(async () => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  });
  const { url, port } = server;
  const outage = async (): Promise<void> => {
    await server.stop('SIGKILL');
    await sleep(DOWN);
    server = await startRedisServer({ dir, port, args });
  };
  return { url, outage };
}

const distinct = (data: readonly unknown[]): number[] => [...new Set(data.map(Number))].toSorted((a, b) => a - b);

describe.each([streamHarness, queueHarness])('Redis goes away and comes back, $kind', (harness) => {
  it('loses nothing that was in flight, and reading goes on by itself', async () => {
    const { url, outage } = await lastingServer();
    const lab = await Lab.open(harness, url);
    const worker = await lab.worker({ concurrency: 4, lease: 2_000, handle: () => sleep(10) });
    await lab.publish(numbers(200));
    await worker.finished.count(40);

    await outage();

    await worker.finished.until((items) => new Set(items.map(({ data }) => data)).size === 200);
    expect(distinct(worker.data)).toEqual(numbers(200));
    await lab.publish(['after']);
    await worker.finished.until((items) => items.some(({ data }) => data === 'after'));
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    expect(await lab.deadLetters()).toEqual([]);
    expect(worker.status()).toMatchObject({ alive: true });
  });

  it('settles a message whose handler ended while Redis was away', async () => {
    const { url, outage } = await lastingServer();
    const lab = await Lab.open(harness, url);
    const worker = await lab.worker({ handle: () => sleep(DOWN / 2) });
    await lab.publish(['x']);
    await worker.started.count(1);

    await outage();

    await worker.finished.count(1);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    await lab.publish(['y']);
    await worker.finished.count(2);
    expect(worker.data).toEqual(['x', 'y']);
  });
});

describe('Redis goes away and comes back, channel', () => {
  it('listens again by itself', async () => {
    const { url, outage } = await lastingServer();
    const lab = await Lab.open(channelHarness, url);
    const worker = await lab.worker();
    await lab.publish(['before']);
    await worker.finished.count(1);

    await outage();

    await eventually(async () => expect(await lab.redis.pubsub('NUMSUB', lab.target)).toEqual([lab.target, 1]));
    await lab.publish(['after']);
    await worker.finished.count(2);
    expect(worker.data).toEqual(['before', 'after']);
  });
});

describe('publishing while Redis is away', () => {
  it('is refused as not sent, and nothing arrives later', async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.stop());
    const lab = await Lab.open(queueHarness, server.url);
    await lab.publish(['before']);
    await server.stop();
    await lab.state.whenDown();

    await expect(lab.publish(['lost'])).rejects.toBeInstanceOf(PublishFailedError);

    const back = await startRedisServer({ port: server.port });
    onTestFinished(() => back.stop());
    const worker = await lab.worker();
    await lab.publish(['after']);
    await worker.finished.count(1);
    expect(worker.data).toEqual(['after']);
  });
});
