import { describe, expect, it, onTestFinished } from 'vitest';
import { startRedisServer } from '../../../tools/redis/start-server.mjs';
import { GROUP, Lab, type Worker, type WorkerSpec } from '../../support/conformance/lab.js';
import { streamHarness } from '../../support/conformance/stream.harness.js';
import { eventually } from '../../support/eventually.js';

/** What makes a group disappear beneath a consumer that waits for messages. */
const LOSSES: Readonly<Record<string, (lab: Lab) => Promise<unknown>>> = {
  FLUSHALL: ({ redis }) => redis.flushall(),
  DEL: ({ redis, target }) => redis.del(target),
  'XGROUP DESTROY': ({ redis, target }) => redis.xgroup('DESTROY', target, GROUP),
};

/** On a server of its own, as FLUSHALL spares nobody. */
async function blockedWorker(spec: WorkerSpec): Promise<{ lab: Lab; worker: Worker }> {
  const server = await startRedisServer();
  onTestFinished(() => server.stop());
  const lab = await Lab.open(streamHarness, server.url);
  const worker = await lab.worker(spec);
  await lab.publish(['before']);
  await worker.finished.count(1);
  await eventually(async () => expect(await lab.unsettled()).toBe(0));
  const blocked = async () => (await lab.connectionsOf(worker)).filter((line) => / flags=\S*b/.test(line));
  await eventually(async () => expect(await blocked()).toHaveLength(1));
  return { lab, worker };
}

describe.each(Object.entries(LOSSES))('a group that is lost by %s while its consumer waits', (name, lose) => {
  it('is made anew, and reading goes on: what is appended then is handled', async () => {
    const { lab, worker } = await blockedWorker({ onGroupMissing: 'recreate' });

    await lose(lab);
    await lab.publish(['after']);

    await worker.finished.until((items) => items.some(({ data }) => data === 'after'));
    expect(worker.attempts.every((attempt) => attempt === 1)).toBe(true);
    // The stream outlives its group, and the new group begins with the oldest entry.
    expect(worker.data).toEqual(name === 'XGROUP DESTROY' ? ['before', 'before', 'after'] : ['before', 'after']);
    await eventually(() => expect(worker.status()).toMatchObject({ alive: true }));
  });

  it("is made anew at the end of the stream with 'recreate-from-end'", async () => {
    const { lab, worker } = await blockedWorker({ onGroupMissing: 'recreate-from-end' });

    await lose(lab);
    await eventually(async () => expect(await lab.redis.xinfo('GROUPS', lab.target)).toHaveLength(1));
    await lab.publish(['after']);

    await worker.finished.count(2);
    expect(worker.data).toEqual(['before', 'after']);
  });

  it("ends the reading with 'fail', and the status says why", async () => {
    const { lab, worker } = await blockedWorker({ onGroupMissing: 'fail' });

    await lose(lab);

    const why = `the group "${GROUP}" is missing and onGroupMissing is 'fail'`;
    await eventually(() =>
      expect(worker.status()).toMatchObject({ alive: false, reason: expect.stringContaining(why) as string }),
    );
    const groups = await lab.redis.xinfo('GROUPS', lab.target).catch(() => []);
    expect(groups).toEqual([]);
  });
});

describe("a server that becomes a replica and a master again, with onGroupMissing 'fail'", () => {
  it('is not taken for a lost group', async () => {
    const { lab, worker } = await blockedWorker({ onGroupMissing: 'fail' });

    await lab.redis.call('REPLICAOF', '127.0.0.1', '1');
    await eventually(() => expect(worker.status()).toMatchObject({ alive: false }));
    await lab.redis.call('REPLICAOF', 'NO', 'ONE');
    await lab.publish(['after']);

    await worker.finished.count(2);
    expect(worker.data).toEqual(['before', 'after']);
    expect(worker.status()).toMatchObject({ alive: true });
  });
});
