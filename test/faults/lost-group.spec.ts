import { setTimeout as sleep } from 'node:timers/promises';
import type { ChainableCommander } from 'ioredis';
import type { StreamOptions } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { GROUP, StreamLab } from '../support/faults/stream-lab.js';
import type { LabWorker } from '../support/lab-worker.js';
import { OwnServer, commandCount } from '../support/own-server.js';

/** What takes a group away from beneath a consumer that waits in a read. */
const LOSSES: readonly (readonly [name: string, lose: (multi: ChainableCommander, stream: string) => unknown])[] = [
  ['FLUSHALL', (multi) => multi.flushall()],
  ['DEL of the stream', (multi, stream) => multi.del(stream)],
  ['XGROUP DESTROY', (multi, stream) => multi.xgroup('DESTROY', stream, GROUP)],
];

const WATCHED = 1_500;
/** An idle consumer needs a handful; one that asks again at once, thousands. */
const MOST_COMMANDS = 40;
/** What Redis said, and what became of it. */
const MOST_LINES = 2;

/** On a server of its own, as FLUSHALL spares nobody and its commands are counted. */
async function waiting(onGroupMissing: NonNullable<StreamOptions['onGroupMissing']>) {
  const server = await OwnServer.start(['--appendonly', 'no']);
  const lab = new StreamLab(server.url);
  const worker = await lab.worker({ options: { onGroupMissing } });
  await lab.append('before');
  await worker.finished.count(1);
  await lab.settled();
  await eventually(async () => expect(await lab.redis.info('clients')).toMatch('blocked_clients:1'));
  return { lab, worker };
}

/** In one transaction, so that the message is there before anybody can make the group anew. */
async function loseAndAppend(lab: StreamLab, lose: (typeof LOSSES)[number][1]): Promise<void> {
  const multi = lab.redis.multi();
  lose(multi, lab.stream);
  await multi.xadd(lab.stream, '*', '$data', '"between"').exec();
}

const missing = ({ events }: LabWorker) => events.items.filter(({ type }) => type === 'groupMissing');

async function expectCalm(lab: StreamLab): Promise<void> {
  const before = await commandCount(lab.redis);
  await sleep(WATCHED);
  expect((await commandCount(lab.redis)) - before).toBeLessThan(MOST_COMMANDS);
}

describe.each(LOSSES)('a group that %s takes away while its consumer waits', (name, lose) => {
  it("is made anew from the oldest entry with 'recreate': nothing that is there is missed", async () => {
    const { lab, worker } = await waiting('recreate');

    await loseAndAppend(lab, lose);
    await lab.append('after');

    await worker.finished.until((runs) => runs.some(({ data }) => data === 'after'));
    // The stream outlives its group, and so does what was handled before.
    const again = name === 'XGROUP DESTROY' ? ['before'] : [];
    expect(worker.data).toEqual(['before', ...again, 'between', 'after']);
    await expectCalm(lab);
    expect(missing(worker)).toMatchObject([{ key: lab.stream, group: GROUP, recreated: '0' }]);
    await eventually(() => expect(worker.health().status).toBe('up'));
    expect(worker.logLines.slice(MOST_LINES)).toEqual([]);
  });

  it("is made anew at the end with 'recreate-from-end': only what comes then is handled", async () => {
    const { lab, worker } = await waiting('recreate-from-end');

    await loseAndAppend(lab, lose);
    await eventually(async () => expect(await lab.redis.xinfo('GROUPS', lab.stream)).toHaveLength(1));
    await lab.append('after');

    await worker.finished.count(2);
    expect(worker.data).toEqual(['before', 'after']);
    await expectCalm(lab);
    expect(missing(worker)).toMatchObject([{ key: lab.stream, group: GROUP, recreated: '$' }]);
  });

  it("stays away with 'fail': reading stops, health says of which stream and group, and it is logged once", async () => {
    const { lab, worker } = await waiting('fail');

    await loseAndAppend(lab, lose);

    await eventually(() => expect(worker.health().status).toBe('down'));
    await expectCalm(lab);
    const [dead = ''] = worker.health().dead ?? [];
    for (const part of [lab.stream, GROUP, "onGroupMissing is 'fail'"]) expect(dead).toContain(part);
    expect(await lab.redis.xinfo('GROUPS', lab.stream)).toEqual([]);
    expect(worker.data).toEqual(['before']);
    expect(worker.logLines.filter((line) => line.includes('onGroupMissing'))).toHaveLength(1);
    expect(worker.logLines.slice(MOST_LINES)).toEqual([]);
    expect(missing(worker)).toMatchObject([{ key: lab.stream, group: GROUP, recreated: undefined }]);
  });
});
