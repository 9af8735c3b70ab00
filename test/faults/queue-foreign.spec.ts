import { RedisPublisher } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../support/app.js';
import { Gate, numbers } from '../support/conformance/lab.js';
import { eventually } from '../support/eventually.js';
import { ForeignProcess } from '../support/queue/foreign-process.js';
import { QueueLab, itemOf } from '../support/queue/queue-lab.js';

const JOBS = 200;
const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

describe('a plain BRPOP worker in another process', () => {
  it('shares a queue with ours: each job is handled once, by one of both, and each gets the oldest first', async () => {
    const lab = new QueueLab();
    const gate = new Gate();
    const worker = await lab.worker({ handle: () => gate.pass() });
    const jobs = numbers(JOBS).map(String);
    await ForeignProcess.push(lab.url, lab.queue, jobs.slice(0, 1));
    await worker.started.count(1);

    const foreign = await ForeignProcess.worker(lab.url, lab.queue);
    const pushing = ForeignProcess.push(lab.url, lab.queue, jobs.slice(1));
    // Ours has one, and the other one has some: from here on they race.
    await foreign.events.until(() => foreign.popped.length > 0);
    gate.open();
    await pushing;
    await eventually(
      () => expect(foreign.popped.length + worker.finished.items.length).toBeGreaterThanOrEqual(JOBS),
      20_000,
    );
    await lab.settled();

    const mine = worker.data as number[];
    const theirs = foreign.popped.map(Number);
    expect(ascending([...mine, ...theirs])).toEqual(numbers(JOBS));
    expect(mine).toEqual(ascending(mine));
    expect(theirs).toEqual(ascending(theirs));
    expect(new Set(worker.attempts)).toEqual(new Set([1]));
    expect(await lab.deadLetters()).toEqual([]);
  });

  it('gets our jobs first in, first out: after the documented line and headers, the payload as it is', async () => {
    const lab = new QueueLab();
    const app = await hybridApp({ flow: { connection: lab.url, consume: false } });
    const publisher = app.get(RedisPublisher);
    const data = numbers(JOBS).map((n) => ({ n, text: `é "\n$rf1 x 0 1 0\n` }));
    const ids: string[] = [];
    for (const each of data) {
      ids.push(await publisher.enqueue(lab.queue, each, each.n % 2 === 0 ? {} : { headers: { tenant: `ü${each.n}` } }));
    }
    const foreign = await ForeignProcess.worker(lab.url, lab.queue);
    await foreign.events.until(() => foreign.popped.length === JOBS);

    const items = foreign.popped.map(itemOf);
    expect(items.map(({ payload }) => String(payload))).toEqual(data.map((each) => JSON.stringify(each)));
    expect(items.map(({ id, attempts }) => [id, attempts])).toEqual(ids.map((id) => [id, '0']));
    expect(items.map(({ headers }) => headers['tenant'])).toEqual(
      data.map(({ n }) => (n % 2 === 0 ? undefined : `ü${n}`)),
    );
  });
});

describe('a plain LPUSH producer in another process', () => {
  it('feeds ours: what it has pushed arrives in order, each once, JSON decoded and text as it is', async () => {
    const lab = new QueueLab();
    const worker = await lab.worker();
    const jobs = numbers(JOBS).map((n) => (n % 2 === 0 ? JSON.stringify({ n }) : `job ${n} é`));
    await ForeignProcess.push(lab.url, lab.queue, jobs);

    await worker.finished.count(JOBS);
    await lab.settled();
    expect(worker.data).toEqual(numbers(JOBS).map((n) => (n % 2 === 0 ? { n } : `job ${n} é`)));
    expect(new Set(worker.attempts)).toEqual(new Set([1]));
    expect(new Set(worker.started.items.map(({ id }) => id)).size).toBe(JOBS);
  });
});
