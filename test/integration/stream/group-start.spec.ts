import { describe, expect, it } from 'vitest';
import { Gate, numbers } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { GROUP, StreamLab } from './lab.js';

/** The facts of the group as XINFO GROUPS tells them. */
async function groupFacts(lab: StreamLab): Promise<Record<string, unknown>> {
  const [group = []] = (await lab.redis.xinfo('GROUPS', lab.stream)) as unknown[][];
  return Object.fromEntries(
    group.flatMap((name, index) => (index % 2 === 0 ? [[String(name), group[index + 1]]] : [])),
  );
}

describe('a new group', () => {
  it("starts with the oldest entry from '0', the default", async () => {
    const lab = StreamLab.open();
    await lab.append(1, 2, 3);
    const worker = await lab.worker();
    await worker.finished.count(3);
    expect(worker.data).toEqual([1, 2, 3]);
  });

  it("starts with what is appended from now on from '$'", async () => {
    const lab = StreamLab.open();
    await lab.append(1, 2);
    const worker = await lab.worker({ from: '$' });
    await lab.append(3);
    await worker.finished.count(1);
    expect(worker.data).toEqual([3]);
  });

  it('starts after an id', async () => {
    const lab = StreamLab.open();
    const [, second = ''] = await lab.append(1, 2, 3, 4);
    const worker = await lab.worker({ from: second });
    await worker.finished.count(2);
    expect(worker.data).toEqual([3, 4]);
  });

  it.each(['', ' 2'])(
    'starts after the checkpoint of a reader, noted with a position or without: "%s"',
    async (position) => {
      const lab = StreamLab.open();
      const [, second = ''] = await lab.append(1, 2, 3);
      await lab.redis.hset(`${lab.stream}:checkpoints`, 'audit', `${second}${position}`);
      const worker = await lab.worker({ from: { checkpoint: 'audit' } });
      await worker.finished.count(1);
      expect(worker.data).toEqual([3]);
    },
  );

  it('starts with the oldest entry where there is no such checkpoint yet', async () => {
    const lab = StreamLab.open();
    await lab.append(1);
    const worker = await lab.worker({ from: { checkpoint: 'audit' } });
    await worker.finished.count(1);
    expect(worker.data).toEqual([1]);
  });

  it('may start before its stream is there', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ from: '$' });
    await lab.append(1);
    await worker.finished.count(1);
    expect(worker.data).toEqual([1]);
  });

  it('that is there already goes on where it stands, whatever `from` says', async () => {
    const lab = StreamLab.open();
    const first = await lab.worker();
    await lab.append(1);
    await first.finished.count(1);
    await lab.settled();
    await first.close();
    await lab.append(2);

    const second = await lab.worker({ from: '$' });
    await second.finished.count(1);
    expect(second.data).toEqual([2]);
  });

  it('is made once by twenty that come at the same time, and each entry is handled once', async () => {
    const lab = StreamLab.open();
    const workers = await Promise.all(numbers(20).map(() => lab.worker()));
    await lab.append(...numbers(100));
    const all = () => workers.flatMap(({ data }) => data);
    await Promise.race(workers.map(({ finished }) => finished.until(() => all().length >= 100)));
    await lab.settled();

    expect(
      all()
        .map(Number)
        .toSorted((a, b) => a - b),
    ).toEqual(numbers(100));
    expect(await lab.redis.xinfo('GROUPS', lab.stream)).toHaveLength(1);
    expect(workers.every((worker) => worker.status()?.alive === true)).toBe(true);
  });

  it.each([
    ['0', 'two that are gone and the one that it has', 3],
    ['$', 'all', 7],
  ])("lets Redis count what lies before it and what it reads, from '%s': %s", async (from, _, read) => {
    const lab = StreamLab.open();
    const gate = new Gate();
    await lab.append(...numbers(7));
    await lab.redis.xtrim(lab.stream, 'MAXLEN', 5);
    await lab.worker({ from }, () => gate.pass());

    await eventually(async () => expect(await groupFacts(lab)).toMatchObject({ name: GROUP, 'entries-read': read }));
    gate.open();
  });
});
