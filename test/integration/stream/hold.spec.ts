import { Retry } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { Gate, numbers } from '../../support/conformance/lab.js';
import { GROUP, StreamLab, type Worker } from './lab.js';

interface Order {
  readonly key: string;
  readonly n: number;
}

const byKey = ({ data }: { data: Order }): unknown => data.key;

const hold = (attempts: number, delay: number) =>
  ({ retry: { attempts, backoff: { type: 'fixed', delay }, hold: true } }) as const;

const failsUntil =
  (n: unknown, attempt: number) =>
  (context: { message: { data: unknown }; attempt: number }): void => {
    if (context.message.data === n && context.attempt < attempt) throw new Error('not yet');
  };

describe('retry.hold without orderBy', () => {
  it('lets all later messages wait over several attempts', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ ...hold(5, 20), concurrency: 3 }, failsUntil(0, 4));
    await lab.append(0);
    await worker.started.count(1);
    await lab.append(1, 2);
    await worker.finished.count(6);

    expect(worker.data).toEqual([0, 0, 0, 0, 1, 2]);
    expect(worker.attempts).toEqual([1, 2, 3, 4, 1, 1]);
    await lab.settled();
  });

  it('keeps the message with its consumer meanwhile, for longer than a lease', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    const worker = await lab.worker({ ...hold(2, 500), lease: 150 }, (context) => {
      failsUntil(0, 2)(context);
      return context.attempt === 2 ? gate.pass() : undefined;
    });
    await lab.append(0, 1);
    await worker.event('retried');

    expect(await lab.pending()).toMatchObject([{ consumer: worker.consumer }]);
    gate.open();
    await worker.finished.count(3);

    expect(worker.data).toEqual([0, 0, 1]);
    expect(worker.eventsOf('leaseLost')).toEqual([]);
  });

  it('lets them go on when it goes to the dead letters', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker(hold(2, 20), failsUntil(0, 9));
    await lab.append(0, 1, 2);
    await worker.finished.count(4);

    expect(worker.data).toEqual([0, 0, 1, 2]);
    expect((await lab.lettersWhen(1))[0]?.headers).toMatchObject({ 'dlq-reason': 'exhausted', 'dlq-attempts': '2' });
    await lab.settled();
  });

  it('waits as long as the handler asks for that asks for a retry itself', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker(hold(3, 60_000), ({ message, attempt }) =>
      message.data === 0 && attempt === 1 ? Retry.after(100) : undefined,
    );
    await lab.append(0, 1);
    await worker.finished.count(3);

    const [first, second] = worker.started.items;
    expect(worker.data).toEqual([0, 0, 1]);
    expect(Number(second?.at) - Number(first?.at)).toBeGreaterThanOrEqual(98);
  });
});

describe('retry.hold with orderBy', () => {
  const order = (key: string, n: number): Order => ({ key, n });
  /** Those below `first` fail until the one with the number `n` has been started. */
  const failsBefore = (n: number, first = 1) => {
    let hasCome = false;
    return ({ message }: { message: { data: unknown } }): void => {
      const { data } = message as { data: Order };
      hasCome ||= data.n === n;
      if (data.n < first && !hasCome) throw new Error('not yet');
    };
  };
  const firstStarts = (worker: Worker) =>
    worker.started.items.filter(({ attempt }) => attempt === 1).map(({ data }) => (data as Order).n);

  it('lets later messages of the same key wait, and no others', async () => {
    const lab = StreamLab.open();
    const options = { ...hold(1_000, 20), concurrency: 2, orderBy: byKey };
    const worker = await lab.worker(options, failsBefore(3));
    await lab.append(order('a', 0), order('a', 1), order('b', 2), order('b', 3));
    await worker.finished.until((items) => items.some(({ data }) => (data as Order).n === 1));

    const ofKey = (key: string) => (worker.data as Order[]).filter((each) => each.key === key).map(({ n }) => n);
    expect(
      ofKey('a')
        .slice(0, -1)
        .every((n) => n === 0),
    ).toBe(true);
    expect(ofKey('b')).toEqual([2, 3]);
    expect(firstStarts(worker)).toEqual([0, 2, 3, 1]);
  });

  it('goes on with other keys also where one message is handled at a time', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ ...hold(1_000, 20), orderBy: byKey }, failsBefore(3));
    await lab.append(order('a', 0));
    await worker.event('retried');
    await lab.append(order('a', 1), order('b', 2), order('c', 3));
    await worker.finished.until((items) => items.some(({ data }) => (data as Order).n === 1));

    expect(firstStarts(worker)).toEqual([0, 2, 3, 1]);
  });

  it('goes on with other keys while as many are on hold as may be handled at a time', async () => {
    const lab = StreamLab.open();
    const options = { ...hold(1_000, 20), orderBy: byKey, concurrency: 2 };
    const worker = await lab.worker(options, failsBefore(3, 3));
    await lab.append(order('a', 0), order('b', 1), order('c', 2));
    await worker.started.until((items) => new Set(items.map(({ id }) => id)).size === 3);
    await lab.append(order('d', 3));
    await lab.settled();

    expect(firstStarts(worker)).toEqual([0, 1, 2, 3]);
  });
});

describe('a shutdown while a message is on hold', () => {
  it('hands it back with its attempts, and those that wait for it without a charge', async () => {
    const lab = StreamLab.open();
    const options = { ...hold(5, 60_000), concurrency: 4, orderBy: byKey };
    const worker = await lab.worker(options, () => Promise.reject(new Error('not yet')));
    await lab.append(...numbers(4).map((n) => ({ key: 'a', n })));
    await worker.event('retried');

    await worker.close();

    const rows = await lab.pending();
    expect(rows.length).toBeGreaterThanOrEqual(1);
    expect(rows.every(({ consumer }) => consumer === '$parked')).toBe(true);
    expect(rows.map(({ deliveries }) => deliveries)).toEqual([2, ...rows.slice(1).map(() => 1)]);
    const next = await lab.worker(options);
    await next.finished.count(4);
    expect(next.data).toEqual(numbers(4).map((n) => ({ key: 'a', n })));
    expect(next.attempts).toEqual([2, 1, 1, 1]);
    await lab.settled();
    expect(await lab.redis.exists(`${lab.stream}:parked:${GROUP}`)).toBe(0);
  });
});
