import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { numbers } from '../support/conformance/lab.js';
import { eventually } from '../support/eventually.js';
import { StreamLab } from '../support/faults/stream-lab.js';
import type { LabWorker } from '../support/lab-worker.js';
import { OwnServer } from '../support/own-server.js';

const OPTIONS = { concurrency: 8, retry: { attempts: 10, backoff: { type: 'fixed', delay: 200 } } } as const;
/** The connection was lost and is back, reading is refused, acknowledging is refused, and reading works again. */
const MOST_LINES = 5;

/** A server with a worker that is in the middle of its work. */
async function atWork(messages: number) {
  const server = await OwnServer.start();
  const lab = new StreamLab(server.url);
  const worker = await lab.worker({ options: OPTIONS, handle: () => sleep(10) });
  await lab.append(...numbers(messages));
  await worker.finished.count(50);
  return { server, lab, worker };
}

async function handlesAll(lab: StreamLab, worker: LabWorker, messages: number): Promise<void> {
  await eventually(() => expect(new Set(worker.data).size).toBe(messages));
  await lab.settled();
  expect(await lab.deadLetters()).toEqual([]);
  await eventually(() => expect(worker.health().status).toBe('up'));
}

describe('Redis that is killed while handlers run, and comes back with what it had acknowledged', () => {
  it('loses nothing: reading goes on by itself, and what was under way is settled', async () => {
    const { server, lab, worker } = await atWork(400);

    await server.kill();
    await eventually(() => expect(worker.health().status).toBe('down'));
    await server.restart();
    await handlesAll(lab, worker, 400);

    // Only what was being acknowledged at that moment may come twice.
    expect(worker.started.items.length).toBeLessThanOrEqual(400 + 2 * OPTIONS.concurrency);
    await lab.append('after');
    await worker.finished.until((runs) => runs.some(({ data }) => data === 'after'));
  });

  it('is waited for while it loads its data', async () => {
    const { server, lab, worker } = await atWork(100);
    await handlesAll(lab, worker, 100);
    await lab.redis.mset(numbers(3_000).flatMap((n) => [`filler:${n}`, n]));
    await lab.redis.bgrewriteaof();
    await eventually(async () => expect(await lab.redis.info('persistence')).toMatch('aof_rewrite_in_progress:0'));

    await server.kill();
    await server.restart(['--key-load-delay', '500', '--loading-process-events-interval-bytes', '1024']);
    await lab.append('after');

    await worker.finished.until((runs) => runs.some(({ data }) => data === 'after'));
    await handlesAll(lab, worker, 101);
    expect(worker.started.items).toHaveLength(101);
  });
});

describe('scripts that are flushed while they are in use', () => {
  it('are sent again: retries, heartbeats and dead letters go on', async () => {
    const server = await OwnServer.start();
    const lab = new StreamLab(server.url);
    const worker = await lab.worker({
      options: { lease: 300, concurrency: 4, retry: { attempts: 2, backoff: { type: 'fixed', delay: 100 } } },
      handle: async ({ message, attempt }) => {
        await sleep(100);
        if (message.data === 'given up') throw new Error('never works');
        if (attempt === 1) throw new Error('not yet');
        await sleep(600);
      },
    });
    const flushes = setInterval(() => void lab.redis.script('FLUSH').catch(() => undefined), 20);
    try {
      await lab.append('given up', ...numbers(8));
      await worker.finished.count(18);
      await lab.settled();
    } finally {
      clearInterval(flushes);
    }

    for (const attempt of [1, 2]) expect(worker.attempts.filter((each) => each === attempt)).toHaveLength(9);
    expect((await lab.deadLetters()).map(({ fields }) => String(fields.get('$data')))).toEqual(['"given up"']);
    expect(worker.logLines.filter((line) => line.includes('NOSCRIPT'))).toEqual([]);
  });
});

describe('a master that becomes a read-only replica while handlers run, and a master again', () => {
  it('costs no message, no attempt and no dead letter', async () => {
    const { lab, worker } = await atWork(200);

    // Its own master is not there, so it keeps its data.
    await lab.redis.call('REPLICAOF', '127.0.0.1', '1');
    await eventually(() => expect(worker.health().status).toBe('down'));
    await sleep(1_000);
    await lab.redis.call('REPLICAOF', 'NO', 'ONE');

    await handlesAll(lab, worker, 200);
    expect(worker.started.items).toHaveLength(200);
    expect(worker.attempts.every((attempt) => attempt === 1)).toBe(true);
    expect(worker.logLines.slice(MOST_LINES)).toEqual([]);
  });
});
