import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRedisServer } from '../../../tools/redis/start-server.mjs';
import { Lab } from '../../support/conformance/lab.js';
import { queueHarness } from '../../support/conformance/queue.harness.js';
import { streamHarness } from '../../support/conformance/stream.harness.js';
import { eventually } from '../../support/eventually.js';

const WATCHED = 3_000;
/** With pauses that grow to 2 s there are about 10 tries in that time, each of a few commands. */
const MOST_CALLS = 100;

async function calls(redis: Redis): Promise<number> {
  const stats = await redis.info('commandstats');
  return [...stats.matchAll(/:calls=(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
}

describe.each([streamHarness, queueHarness])('a key of the wrong type, $kind', (harness) => {
  it('is met with pauses and one log line, and work goes on when the key is right again', async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.stop());
    const lab = await Lab.open(harness, server.url);
    const lines: string[] = [];
    const note = (line: unknown): void => void lines.push(String(line));
    const worker = await lab.worker({ logger: { log: () => undefined, warn: note, error: note } });
    await lab.publish(['before']);
    await worker.finished.count(1);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));

    await lab.redis.set(lab.target, 'a string');
    await endBlockedRead(lab, worker.consumer);
    await eventually(() => expect(worker.status()).toMatchObject({ alive: false }));
    const before = await calls(lab.redis);
    await sleep(WATCHED);
    expect((await calls(lab.redis)) - before).toBeLessThan(MOST_CALLS);
    expect(worker.status()?.reason).toMatch('WRONGTYPE');
    expect(lines.filter((line) => line.includes('WRONGTYPE'))).toHaveLength(1);

    await lab.redis.del(lab.target);
    await lab.publish(['after']);

    await worker.finished.count(2);
    expect(worker.data).toEqual(['before', 'after']);
    await eventually(() => expect(worker.status()).toMatchObject({ alive: true }));
  });
});

/** A reader of a stream is told at once. One of a list goes on waiting, and would only see it at its next read. */
async function endBlockedRead(lab: Lab, consumer: string): Promise<void> {
  const list = (await lab.redis.client('LIST')) as string;
  const line = list.split('\n').find((each) => each.includes(` name=${consumer}:`) && / flags=\S*b/.test(each));
  const id = /id=(\d+)/.exec(line ?? '')?.[1];
  if (id !== undefined) await lab.redis.client('UNBLOCK', Number(id));
}
