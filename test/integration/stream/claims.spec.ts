import { describe, expect, it } from 'vitest';
import { Gate, numbers } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { GROUP, StreamLab } from './lab.js';

const LEASE = 300;

/** Entries of a consumer that is gone, its lease over: each is given with how often its handler had been started. */
async function leftBehind(lab: StreamLab, starts: readonly number[], consumer = 'gone'): Promise<string[]> {
  const ids = await lab.append(...starts.keys());
  await lab.readAs(consumer);
  for (const [index, id] of ids.entries()) {
    const deliveries = 1 + Number(starts[index]);
    await lab.redis.xclaim(lab.stream, GROUP, consumer, 0, id, 'IDLE', 600_000, 'RETRYCOUNT', deliveries, 'JUSTID');
  }
  return ids;
}

describe('what a consumer that is gone has left', () => {
  it('and never started is taken over at once and handled in parallel, without a charge', async () => {
    const lab = StreamLab.open();
    await leftBehind(lab, [0, 0, 0, 0]);
    const gate = new Gate();

    const worker = await lab.worker({ concurrency: 4 }, () => gate.pass());
    await worker.started.count(4);

    expect(worker.attempts).toEqual([1, 1, 1, 1]);
    gate.open();
    await worker.finished.count(4);
    await lab.settled();
  });

  it('and had started is tried one at a time, as the next attempt, while innocent ones go on', async () => {
    const lab = StreamLab.open();
    await leftBehind(lab, [1, 1, 0, 1]);
    const gate = new Gate();

    const worker = await lab.worker({ concurrency: 4 }, () => gate.pass());
    await worker.started.count(2);
    const first = [...worker.started.items];
    gate.open();
    await worker.finished.count(4);

    expect(first.map(({ data, attempt }) => [data, attempt])).toEqual([
      [0, 2],
      [2, 1],
    ]);
    expect(worker.started.items.slice(2).map(({ data, attempt }) => [data, attempt])).toEqual([
      [1, 2],
      [3, 2],
    ]);
    await lab.settled();
  });

  it('and had started is tried by itself also where the handler gets batches', async () => {
    const lab = StreamLab.open();
    await leftBehind(lab, [1, 1, 0, 0]);
    const gate = new Gate();

    const worker = await lab.worker({ concurrency: 3, batch: { size: 4, wait: 1_500 } }, () => gate.pass());
    await worker.started.count(3);

    const [first, second, third] = worker.started.items;
    expect([first, second, third].map((start) => start && [start.data, start.attempt])).toEqual([
      [[0], 2],
      [[2, 3], 1],
      [[1], 2],
    ]);
    expect(Number(third?.at) - Number(first?.at)).toBeGreaterThanOrEqual(950);
    gate.open();
    await worker.finished.count(3);
    await lab.settled();
  });

  it('does not wait for a suspect for longer than a second: most that end their process do so at once', async () => {
    const lab = StreamLab.open();
    await leftBehind(lab, [1, 1]);
    const gate = new Gate();

    const worker = await lab.worker({ concurrency: 2 }, () => gate.pass());
    await worker.started.count(2);

    const [first, second] = worker.started.items;
    expect(Number(second?.at) - Number(first?.at)).toBeGreaterThanOrEqual(950);
    gate.open();
  });

  it('goes to the dead letters as crashed when its attempts are used up, unheard', async () => {
    const lab = StreamLab.open();
    const [id] = await leftBehind(lab, [3, 0]);

    const worker = await lab.worker({ retry: { attempts: 3 } });
    const [letter] = await lab.lettersWhen(1);
    await worker.finished.count(1);

    expect(letter?.headers).toMatchObject({ 'dlq-reason': 'crashed', 'dlq-attempts': '3', 'dlq-id': id });
    expect(worker.eventsOf('deadLettered')).toMatchObject([{ id, attempt: 3, reason: 'crashed' }]);
    expect(worker.data).toEqual([1]);
    await lab.settled();
  });

  it('is left alone before its lease is over', async () => {
    const lab = StreamLab.open();
    const ids = await lab.append('x');
    await lab.readAs('gone');
    const since = performance.now();
    await lab.redis.xclaim(lab.stream, GROUP, 'gone', 0, ...ids, 'IDLE', 0, 'JUSTID');

    const worker = await lab.worker({ lease: LEASE });
    const [started] = await worker.started.count(1);

    // Two clocks are at work, which count whole ms.
    expect(Number(started?.at) - since).toBeGreaterThanOrEqual(LEASE - 2);
  });

  it('is found whole also where it is much more than fits into one look', async () => {
    const lab = StreamLab.open();
    await lab.append(...numbers(2_500));
    await lab.readAs('gone', 3_000);
    const rows = (await lab.redis.xpending(lab.stream, GROUP, '-', '+', 3_000)) as [string][];
    const ids = rows.map(([id]) => id);
    await lab.redis.xclaim(lab.stream, GROUP, 'gone', 0, ...ids, 'IDLE', 600_000, 'JUSTID');

    const worker = await lab.worker({ concurrency: 50 });
    await worker.finished.count(2_500);

    expect(new Set(worker.data).size).toBe(2_500);
    await lab.settled();
  });

  it('is shared by several: each entry is handled once', async () => {
    const lab = StreamLab.open();
    await leftBehind(
      lab,
      Array.from({ length: 60 }, () => 0),
    );

    const workers = await Promise.all(numbers(3).map(() => lab.worker({ concurrency: 5 })));
    const all = () => workers.flatMap(({ finished }) => finished.items);
    await eventually(() => expect(all()).toHaveLength(60));
    await lab.settled();

    expect(new Set(all().map(({ data }) => data)).size).toBe(60);
    expect(all().every(({ attempt }) => attempt === 1)).toBe(true);
  });
});

describe('a consumer with the name of one that is gone', () => {
  const consumer = 'the-only-one';

  it('takes up at once what that one has left, whatever its lease', async () => {
    const lab = StreamLab.open();
    await lab.append('a', 'b', 'c');
    await lab.readAs(consumer);

    const worker = await lab.worker({ lease: 30_000 }, undefined, { consumer });
    await worker.finished.count(3);

    expect(worker.data).toEqual(['a', 'b', 'c']);
    expect(worker.attempts).toEqual([1, 1, 1]);
    await lab.settled();
  });

  it('holds what had been started there for a suspect', async () => {
    const lab = StreamLab.open();
    await leftBehind(lab, [1, 1, 0], consumer);
    const gate = new Gate();

    const worker = await lab.worker({ concurrency: 3 }, () => gate.pass(), { consumer });
    await worker.started.count(2);
    const first = worker.started.items.map(({ data, attempt }) => [data, attempt]);
    gate.open();
    await worker.finished.count(3);

    expect(first).toHaveLength(2);
    expect(first).toEqual(
      expect.arrayContaining([
        [0, 2],
        [2, 1],
      ]),
    );
    await lab.settled();
  });

  it('finds nothing to do where that one was closed in order', async () => {
    const lab = StreamLab.open();
    const first = await lab.worker({}, undefined, { consumer });
    await lab.append('a');
    await first.finished.count(1);
    await first.close();

    const second = await lab.worker({}, undefined, { consumer });
    await lab.append('b');
    await second.finished.count(1);

    expect(second.data).toEqual(['b']);
  });
});
