import { setTimeout as sleep } from 'node:timers/promises';
import { DeadLetter } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { Gate, numbers } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { heartbeatsByHand } from './heartbeats.js';
import { GROUP, StreamLab, type Worker } from './lab.js';

/** Short, as a stream is looked after at each third of it. */
const LEASE = 150;

const undelivered = (lab: StreamLab, count: number) => ({
  type: 'lost',
  connection: 'default',
  key: lab.stream,
  group: GROUP,
  count,
  while: 'undelivered',
});

/** A worker that has one message in hand and reads nothing more. */
async function busyWorker(lab: StreamLab, gate: Gate): Promise<Worker> {
  const worker = await lab.worker({ lease: LEASE }, () => gate.pass());
  await lab.append('in hand');
  await worker.started.count(1);
  return worker;
}

describe('entries that are trimmed before they were read', () => {
  it('are reported once, with their number', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    const worker = await busyWorker(lab, gate);
    await lab.append(...numbers(10));
    await lab.redis.xtrim(lab.stream, 'MAXLEN', 4);
    gate.open();
    const [lost] = await worker.event('lost');
    await worker.finished.count(5);
    await sleep(3 * LEASE);

    expect(worker.data).toEqual(['in hand', 6, 7, 8, 9]);
    expect(lost).toEqual(undelivered(lab, 6));
    expect(worker.eventsOf('lost')).toHaveLength(1);
  });

  it('are reported each time that it happens, and only what is new', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    const worker = await busyWorker(lab, gate);
    await lab.append(...numbers(3));
    await lab.redis.xtrim(lab.stream, 'MAXLEN', 0);
    await worker.event('lost');
    await lab.append(...numbers(5));
    await lab.redis.xtrim(lab.stream, 'MAXLEN', 0);

    const counts = (await worker.event('lost', 2)).map(({ count }) => count);

    expect(counts).toEqual([3, 5]);
    gate.open();
  });

  it('are reported by one of several consumers, and by none that comes later', async () => {
    const lab = StreamLab.open();
    const beat = heartbeatsByHand();
    const gate = new Gate();
    const workers = await Promise.all(numbers(3).map(() => lab.worker({}, () => gate.pass())));
    await lab.append('a', 'b', 'c');
    await Promise.all(workers.map((worker) => worker.started.count(1)));
    await lab.append(...numbers(7));
    await lab.redis.xtrim(lab.stream, 'MAXLEN', 0);
    await beat();
    const late = await lab.worker();
    await beat();

    const told = workers.flatMap((worker) => worker.eventsOf('lost'));
    expect(told).toEqual([undelivered(lab, 7)]);
    expect(late.eventsOf('lost')).toEqual([]);
    gate.open();
  });
});

describe('nothing is reported as lost', () => {
  it('where what was handled is trimmed', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ lease: LEASE });
    for (let round = 1; round <= 3; round += 1) {
      await lab.append(...numbers(5));
      await worker.finished.count(5 * round);
      await lab.settled();
      await lab.redis.xtrim(lab.stream, 'MAXLEN', 2);
      await sleep(LEASE);
    }
    expect(worker.eventsOf('lost')).toEqual([]);
  });

  it.each(['0', '$', 'an id'])('where it was gone before the group began, from %s', async (from) => {
    const lab = StreamLab.open();
    const ids = await lab.append(...numbers(10));
    await lab.redis.xtrim(lab.stream, 'MAXLEN', 4);
    await lab.redis.xdel(lab.stream, ids[7] ?? '');
    const worker = await lab.worker({ lease: LEASE, from: from === 'an id' ? (ids[8] ?? '') : from });
    await lab.append('new');
    await worker.finished.until((items) => items.at(-1)?.data === 'new');
    await lab.settled();
    await lab.redis.xtrim(lab.stream, 'MAXLEN', 0);
    await sleep(2 * LEASE);

    expect(worker.eventsOf('lost')).toEqual([]);
  });

  it('where a transaction that appended to the stream was refused', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ lease: LEASE, retry: false }, ({ transaction }) => {
      transaction.append(lab.stream, 'never there');
      transaction.call('SETRANGE', lab.stream, 1, 'x');
    });
    await lab.append('x');
    await lab.lettersWhen(1);
    await lab.settled();
    await lab.redis.xtrim(lab.stream, 'MAXLEN', 0);
    await sleep(2 * LEASE);

    expect(worker.eventsOf('lost')).toEqual([]);
  });
});

describe('an entry that is trimmed while it is pending', () => {
  const pending = (lab: StreamLab, ids: readonly (string | undefined)[]) => ({
    ...undelivered(lab, ids.length),
    ids,
    while: 'pending',
  });

  it('is reported with its id when it was left by a consumer that is gone, and reaches no handler', async () => {
    const lab = StreamLab.open();
    const ids = await lab.append('lost', 'kept');
    await lab.readAs('gone');
    await lab.redis.xclaim(lab.stream, GROUP, 'gone', 0, ...ids, 'IDLE', 60_000, 'JUSTID');
    await lab.redis.xtrim(lab.stream, 'MAXLEN', 1);

    const worker = await lab.worker({ concurrency: 4 });
    await worker.finished.count(1);
    await lab.settled();

    expect(worker.data).toEqual(['kept']);
    expect(worker.eventsOf('lost')).toEqual([pending(lab, [ids[0]])]);
  });

  it('is nothing to report where its handler succeeds', async () => {
    const lab = StreamLab.open();
    const beat = heartbeatsByHand();
    const worker = await lab.worker({}, async () => {
      await lab.redis.xtrim(lab.stream, 'MAXLEN', 0);
      await beat();
    });
    await lab.append('x');
    await worker.finished.count(1);
    await lab.settled();

    expect(worker.events.items.filter(({ type }) => type !== 'connection')).toEqual([]);
  });

  it.each([0, 2])(
    'goes to the dead letters as lost where its handler fails, with its bytes, %i heartbeats later',
    async (beats) => {
      const lab = StreamLab.open();
      const beat = heartbeatsByHand();
      const worker = await lab.worker({}, async () => {
        await lab.redis.xtrim(lab.stream, 'MAXLEN', 0);
        for (let beaten = 0; beaten < beats; beaten += 1) await beat();
        throw new Error('to be retried');
      });
      const [id] = await lab.append('x');

      const [letter] = await lab.lettersWhen(1);
      await lab.settled();

      expect(letter?.fields.get('$data')?.toString()).toBe('"x"');
      expect(letter?.headers).toMatchObject({ 'dlq-reason': 'lost', 'dlq-id': id, 'dlq-attempts': '1' });
      expect(worker.eventsOf('lost')).toEqual([pending(lab, [id])]);
      expect(worker.eventsOf('leaseLost')).toEqual([]);
    },
  );

  it('goes there with its reason where it is given up while the heartbeat that finds out has no answer yet', async () => {
    const lab = StreamLab.open();
    const beat = heartbeatsByHand();
    const worker = await lab.worker({}, async () => {
      await lab.redis.xtrim(lab.stream, 'MAXLEN', 0);
      void beat();
      return DeadLetter.because('closed');
    });
    const [id] = await lab.append('x');

    const [letter] = await lab.lettersWhen(1);
    await lab.settled();

    expect(letter?.headers).toMatchObject({ 'dlq-reason': 'rejected', 'dlq-id': id, 'dlq-attempts': '1' });
    expect(worker.eventsOf('leaseLost')).toEqual([]);
  });

  it('goes there, too, where it still waited when its consumer was closed', async () => {
    const lab = StreamLab.open();
    const beat = heartbeatsByHand();
    const worker = await lab.worker({ batch: { size: 3, wait: 60_000 } });
    const ids = await lab.append('a', 'b');
    await eventually(async () => expect(await lab.pending()).toHaveLength(2));
    await lab.redis.xtrim(lab.stream, 'MAXLEN', 0);
    await beat();

    await worker.close();

    const letters = await lab.lettersWhen(2);
    expect(letters.map(({ headers }) => [headers['dlq-reason'], headers['dlq-id']])).toEqual(
      ids.map((id) => ['lost', id]),
    );
    expect(worker.eventsOf('lost').map((event) => event.ids)).toEqual(ids.map((id) => [id]));
  });

  it('is reported and not kept where there are no dead letters', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ deadLetter: false }, async () => {
      await lab.redis.xtrim(lab.stream, 'MAXLEN', 0);
      throw new Error('to be retried');
    });
    const [id] = await lab.append('x');

    expect(await worker.event('lost')).toEqual([pending(lab, [id])]);
    await lab.settled();
    expect(await lab.letters()).toEqual([]);
  });
});
