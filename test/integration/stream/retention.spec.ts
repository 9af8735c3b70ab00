import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Gate, numbers } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { heartbeatsByHand } from './heartbeats.js';
import { GROUP, StreamLab } from './lab.js';

/** Short, as a stream is looked after at each third of it. */
const LEASE = 150;

const entriesOf = async (lab: StreamLab): Promise<string[]> =>
  (await lab.redis.xrange(lab.stream, '-', '+')).map(([id]) => id);

describe("retention: 'acked'", () => {
  const acked = { retention: 'acked', lease: LEASE } as const;

  it('deletes what the only group has finished', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker(acked);
    await lab.append(...numbers(20));
    await worker.finished.count(20);
    await eventually(async () => expect(await entriesOf(lab)).toEqual([]));
  });

  it('keeps what a slower group has not read', async () => {
    const lab = StreamLab.open();
    const ids = await lab.append(1, 2, 3, 4);
    await lab.redis.xgroup('CREATE', lab.stream, 'slow', ids[1] ?? '');
    const fast = await lab.worker(acked);
    await fast.finished.count(4);

    await eventually(async () => expect(await entriesOf(lab)).toEqual([ids[2], ids[3]]));
    await lab.redis.xreadgroup('GROUP', 'slow', 'someone', 'COUNT', 2, 'STREAMS', lab.stream, '>');
    await lab.redis.xack(lab.stream, 'slow', ids[2] ?? '', ids[3] ?? '');
    await eventually(async () => expect(await entriesOf(lab)).toEqual([]));
  });

  it('keeps what is pending, and what came after it, in any group', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    const worker = await lab.worker({ ...acked, concurrency: 2 }, ({ message }) =>
      message.data === 2 ? gate.pass() : undefined,
    );
    const ids = await lab.append(1, 2, 3, 4);
    await worker.finished.count(3);

    await eventually(async () => expect(await entriesOf(lab)).toEqual(ids.slice(1)));
    gate.open();
    await eventually(async () => expect(await entriesOf(lab)).toEqual([]));
  });

  it('keeps what waits for its retry', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    const retry = { attempts: 2, backoff: { type: 'fixed', delay: 4 * LEASE } } as const;
    const worker = await lab.worker({ ...acked, retry }, ({ attempt, message }) => {
      if (message.data === 1 && attempt === 1) throw new Error('not yet');
      return attempt === 2 ? gate.pass() : undefined;
    });
    const ids = await lab.append(1, 2);
    await worker.finished.count(2);
    await sleep(2 * LEASE);

    expect(await entriesOf(lab)).toEqual(ids);
    gate.open();
    await worker.finished.count(3);
    await eventually(async () => expect(await entriesOf(lab)).toEqual([]));
  });

  it('keeps what a reader with a checkpoint has not finished, and goes on when that has moved', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker(acked);
    const checkpoints = `${lab.stream}:checkpoints`;
    await lab.redis.hset(checkpoints, 'audit', '0-0');
    const ids = await lab.append(1, 2, 3);
    await worker.finished.count(3);
    await lab.settled();
    await sleep(2 * LEASE);
    expect(await entriesOf(lab)).toEqual(ids);

    await lab.redis.hset(checkpoints, 'audit', `${ids[1]} 2`);

    await eventually(async () => expect(await entriesOf(lab)).toEqual([ids[2]]));
  });

  it('deletes nothing where another group of the stream has not begun', async () => {
    const lab = StreamLab.open();
    await lab.redis.xgroup('CREATE', lab.stream, 'idle', '0', 'MKSTREAM');
    const worker = await lab.worker(acked);
    const ids = await lab.append(1, 2);
    await worker.finished.count(2);
    await sleep(2 * LEASE);

    expect(await entriesOf(lab)).toEqual(ids);
    expect(worker.eventsOf('lost')).toEqual([]);
  });
});

describe('retention by size and by age', () => {
  it('keeps the newest entries with maxLength, to the entry', async () => {
    const lab = StreamLab.open();
    const beat = heartbeatsByHand();
    const worker = await lab.worker({ retention: { maxLength: 3 } });
    const ids = await lab.append(...numbers(10));
    await worker.finished.count(10);
    await beat();
    expect(await entriesOf(lab)).toEqual(ids.slice(-3));
  });

  it("keeps entries that are no older than maxAge, by Redis' clock", async () => {
    const lab = StreamLab.open();
    const beat = heartbeatsByHand();
    const worker = await lab.worker({ retention: { maxAge: 60_000 } });
    const [seconds] = await lab.redis.time();
    const old = `${(Number(seconds) - 120) * 1_000}-0`;
    await lab.redis.xadd(lab.stream, old, '$data', '"old"');
    const [id] = await lab.append('new');
    await worker.finished.count(2);
    await beat();

    expect(await entriesOf(lab)).toEqual([id]);
    expect(worker.data).toEqual(['old', 'new']);
  });

  it('keeps all with a maxAge of more than the time since 1970, and looks after the stream as ever', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ retention: { maxAge: Number.MAX_SAFE_INTEGER }, lease: LEASE });
    await lab.redis.xgroup('CREATECONSUMER', lab.stream, GROUP, 'gone');
    const ids = [String(await lab.redis.xadd(lab.stream, '1-0', '$data', '"old"'))];

    await eventually(async () => {
      ids.push(...(await lab.append('tick')));
      const consumers = (await lab.redis.xinfo('CONSUMERS', lab.stream, GROUP)) as string[][];
      expect(consumers.map(([, name]) => name)).toEqual([worker.consumer]);
    });
    expect(await entriesOf(lab)).toEqual(ids);
  });

  it('says what was lost by it, handled or not', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    const worker = await lab.worker({ retention: { maxLength: 2 }, lease: LEASE }, () => gate.pass());
    await lab.append(0);
    await worker.started.count(1);
    await lab.append(...numbers(8).slice(1));
    const [lost] = await worker.event('lost');
    gate.open();
    await worker.finished.count(3);

    expect(worker.data).toEqual([0, 6, 7]);
    expect(lost).toEqual({
      type: 'lost',
      connection: 'default',
      key: lab.stream,
      group: GROUP,
      count: 5,
      while: 'undelivered',
    });
  });
});
