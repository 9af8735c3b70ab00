import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Gate, numbers } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { FAST, GROUP, StreamLab, type Worker } from './lab.js';

interface Order {
  readonly key?: string;
  readonly n: number;
}

const byKey = ({ data }: { data: Order }): unknown => data.key;

const of = (worker: Worker, key: string | undefined): number[] =>
  (worker.data as Order[]).filter((order) => order.key === key).map(({ n }) => n);

describe('orderBy', () => {
  it('handles messages of one key in order, one at a time, and those of others meanwhile', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    const worker = await lab.worker({ concurrency: 3, orderBy: byKey }, ({ message }) =>
      (message.data as Order).key === 'slow' ? gate.pass() : undefined,
    );

    await lab.append({ key: 'slow', n: 1 }, { key: 'slow', n: 2 }, { key: 'fast', n: 3 }, { key: 'fast', n: 4 });
    await worker.finished.count(2);

    expect(of(worker, 'fast')).toEqual([3, 4]);
    expect(of(worker, 'slow')).toEqual([1]);
    gate.open();
    await worker.finished.count(4);
    expect(of(worker, 'slow')).toEqual([1, 2]);
  });

  it('handles those of others also where the next ones all have the key of one that takes its time', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    const worker = await lab.worker({ concurrency: 2, orderBy: byKey }, ({ message }) =>
      (message.data as Order).key === 'slow' ? gate.pass() : undefined,
    );

    await lab.append(...numbers(10).map((n) => ({ key: 'slow', n })), { key: 'fast', n: 10 });
    await worker.finished.count(1);

    expect(of(worker, 'fast')).toEqual([10]);
    expect(of(worker, 'slow')).toEqual([0]);
    gate.open();
    await worker.finished.count(11);
    expect(of(worker, 'slow')).toEqual(numbers(10));
  });

  it('holds a bounded number of messages that wait for their key', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    const worker = await lab.worker({ concurrency: 2, orderBy: byKey }, () => gate.pass());
    await lab.append(...numbers(500).map((n) => ({ key: 'slow', n })));
    await worker.started.count(1);

    await eventually(async () => expect(await lab.pending()).toHaveLength(102));
    gate.open();
    await worker.finished.count(500);
    expect(of(worker, 'slow')).toEqual(numbers(500));
  });

  it('keeps the order of each key with many keys and handlers of any speed', async () => {
    const lab = StreamLab.open();
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    const worker = await lab.worker({ concurrency: 4, orderBy: byKey }, ({ message }) =>
      sleep(((message.data as Order).n * 7) % 4),
    );

    await lab.append(...numbers(240).map((n) => ({ key: keys[(n * n) % keys.length], n })));
    await worker.finished.count(240);

    for (const key of keys) expect(of(worker, key)).toEqual(of(worker, key).toSorted((a, b) => a - b));
  });

  it('gives no order to messages without a key: none waits for another', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    const worker = await lab.worker({ concurrency: 2, orderBy: byKey }, ({ message }) =>
      (message.data as Order).n === 1 ? gate.pass() : undefined,
    );

    await lab.append({ n: 1 }, { n: 2 }, { n: 3 });
    await worker.finished.count(2);

    expect(of(worker, undefined)).toEqual([1, 2, 3]);
    gate.open();
    await worker.finished.count(3);
  });

  it('counts what it throws as a failure of that message alone', async () => {
    const lab = StreamLab.open();
    const orderBy = ({ data }: { data: Order }): unknown => {
      if (data.n === 2) throw new Error('no customer');
      return data.key;
    };
    const worker = await lab.worker({ orderBy, concurrency: 2, retry: { attempts: 2, backoff: FAST } });
    await lab.append({ key: 'a', n: 1 }, { key: 'a', n: 2 }, { key: 'a', n: 3 });

    const [letter] = await lab.lettersWhen(1);
    await worker.finished.count(2);
    await lab.settled();

    expect(worker.data).toEqual([
      { key: 'a', n: 1 },
      { key: 'a', n: 3 },
    ]);
    expect(letter?.headers).toMatchObject({
      'dlq-reason': 'exhausted',
      'dlq-error-message': 'no customer',
      'dlq-attempts': '2',
    });
  });

  it('keeps the order of what another consumer had been given and never started', async () => {
    const lab = StreamLab.open();
    const ids = await lab.append(...numbers(6).map((n) => ({ key: 'a', n })));
    await lab.readAs('gone');
    await lab.redis.xclaim(lab.stream, GROUP, 'gone', 0, ...ids, 'IDLE', 60_000, 'JUSTID');

    const worker = await lab.worker({ concurrency: 8, orderBy: byKey });
    await worker.finished.count(6);

    expect(of(worker, 'a')).toEqual(numbers(6));
    expect(worker.attempts).toEqual(numbers(6).map(() => 1));
  });

  it('keeps the order of what a closing consumer hands back', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    const options = { concurrency: 4, orderBy: byKey };
    const first = await lab.worker(options, () => gate.pass());
    await lab.append(...numbers(12).map((n) => ({ key: 'a', n })));
    await first.started.count(1);
    const closed = first.close();
    gate.open();
    await closed;

    const second = await lab.worker(options);
    await second.finished.count(12 - first.finished.items.length);

    expect([...of(first, 'a'), ...of(second, 'a')]).toEqual(numbers(12));
    expect([...first.attempts, ...second.attempts].every((attempt) => attempt === 1)).toBe(true);
  });
});
