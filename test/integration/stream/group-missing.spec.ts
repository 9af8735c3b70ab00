import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { GROUP, StreamLab } from './lab.js';

/** A worker that has handled one message and waits for the next. */
async function waitingWorker(onGroupMissing: 'recreate' | 'recreate-from-end' | 'fail') {
  const lab = StreamLab.open();
  const worker = await lab.worker({ onGroupMissing, lease: 600 });
  await lab.append('before');
  await worker.finished.count(1);
  await lab.settled();
  return { lab, worker };
}

const missing = (lab: StreamLab, recreated: '0' | '$' | undefined) => ({
  type: 'groupMissing',
  connection: 'default',
  key: lab.stream,
  group: GROUP,
  recreated,
});

describe('a group that has disappeared', () => {
  it("is made anew from the oldest entry with 'recreate', the default, and told once", async () => {
    const { lab, worker } = await waitingWorker('recreate');

    await lab.redis.xgroup('DESTROY', lab.stream, GROUP);
    await lab.append('after');
    await worker.finished.count(3);
    await lab.settled();

    expect(worker.data).toEqual(['before', 'before', 'after']);
    expect(worker.eventsOf('groupMissing')).toEqual([missing(lab, '0')]);
    expect(worker.status()).toMatchObject({ alive: true });
  });

  it("is made anew at the end with 'recreate-from-end'", async () => {
    const { lab, worker } = await waitingWorker('recreate-from-end');

    await lab.redis.xgroup('DESTROY', lab.stream, GROUP);
    await eventually(async () => expect(await lab.redis.xinfo('GROUPS', lab.stream)).toHaveLength(1));
    await lab.append('after');
    await worker.finished.count(2);

    expect(worker.data).toEqual(['before', 'after']);
    expect(worker.eventsOf('groupMissing')).toEqual([missing(lab, '$')]);
  });

  it("stays away with 'fail': reading has stopped, and the event and the status say so", async () => {
    const { lab, worker } = await waitingWorker('fail');

    await lab.redis.del(lab.stream);
    await worker.event('groupMissing');
    await lab.append('after');

    expect(worker.eventsOf('groupMissing')).toEqual([missing(lab, undefined)]);
    await eventually(() => expect(worker.status()).toMatchObject({ alive: false }));
    expect(worker.status()?.reason).toContain("onGroupMissing is 'fail'");
    expect(await lab.redis.xinfo('GROUPS', lab.stream)).toEqual([]);
  });

  it('takes nothing of a handler that runs: what it does is done, and a new stream starts afresh', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({}, async ({ message }) => {
      if (message.data === 'before') await lab.redis.del(lab.stream);
    });
    await lab.append('before');
    await worker.finished.count(1);
    await worker.event('groupMissing');
    await lab.append('after');
    await worker.finished.count(2);
    await lab.settled();

    expect(worker.data).toEqual(['before', 'after']);
    expect(worker.attempts).toEqual([1, 1]);
  });

  it('starts afresh also where the ids of the new stream are lower', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker();
    await lab.redis.xadd(lab.stream, '9000000000000-1', '$data', '"high"');
    await worker.finished.count(1);
    await lab.settled();

    await lab.redis.del(lab.stream);
    await lab.redis.xadd(lab.stream, '5-1', '$data', '"low"');
    await worker.finished.count(2);
    await lab.settled();

    expect(worker.data).toEqual(['high', 'low']);
  });

  it('is not held up by due times that the lost one has left', async () => {
    const lab = StreamLab.open();
    const retry = { attempts: 3, backoff: { type: 'fixed', delay: 60_000 } } as const;
    const options = { lease: 200, retry };
    const worker = await lab.worker(options, ({ message }) => {
      if (message.data === 'first' && worker.data.length === 1) throw new Error('parked for a minute');
    });
    const [id = ''] = await lab.append('first');
    await worker.event('retried');
    await lab.parked(1);
    expect(await lab.redis.zscore(`${lab.stream}:parked:${GROUP}`, id)).not.toBeNull();

    await lab.redis.xgroup('DESTROY', lab.stream, GROUP);
    await worker.finished.count(2);
    await lab.settled();

    expect(await lab.redis.exists(`${lab.stream}:parked:${GROUP}`)).toBe(0);
  });
});
