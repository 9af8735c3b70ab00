import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { numbers } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { GROUP, StreamLab } from './lab.js';

const LEASE = 150;

const namesOf = (reply: unknown): string[] => (reply as unknown[][]).map((row) => String(row[row.indexOf('name') + 1]));

async function consumersOf(lab: StreamLab): Promise<string[]> {
  return namesOf(await lab.redis.xinfo('CONSUMERS', lab.stream, GROUP));
}

describe('consumers of a group', () => {
  it('that are gone and own nothing are removed', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ lease: LEASE });
    await lab.append('x');
    await worker.finished.count(1);
    const both = lab.redis.multi();
    for (const gone of ['gone-1', 'gone-2']) both.xgroup('CREATECONSUMER', lab.stream, GROUP, gone);
    const [, , [, there] = []] = (await both.xinfo('CONSUMERS', lab.stream, GROUP).exec()) ?? [];
    expect(namesOf(there)).toEqual(expect.arrayContaining(['gone-1', 'gone-2']));

    // Whose is seen at its reads shows that time goes by.
    await eventually(async () => {
      await lab.append('tick');
      expect(await consumersOf(lab)).toEqual([worker.consumer]);
    });
  });

  it('that are gone and own something stay until others have taken it over: nothing is lost', async () => {
    const lab = StreamLab.open();
    await lab.append('left');
    await lab.readAs('gone');

    const worker = await lab.worker({ lease: LEASE });
    await worker.finished.count(1);
    await lab.settled();

    expect(worker.data).toEqual(['left']);
    await eventually(async () => {
      await lab.append('tick');
      expect(await consumersOf(lab)).toEqual([worker.consumer]);
    });
  });

  it('that live survive, also where nothing comes for long and others have all to do', async () => {
    const lab = StreamLab.open();
    const idle = await lab.worker({ lease: LEASE });
    await lab.append('first');
    await idle.finished.count(1);
    const busy = await lab.worker({ lease: LEASE });

    const looks: string[][] = [];
    for (const _ of numbers(40)) {
      await lab.append('tick');
      await sleep(LEASE / 5);
      looks.push(await consumersOf(lab));
    }

    // Where this process stood still for long, one may have been taken for gone until its next read.
    const all = looks.filter((names) => names.includes(idle.consumer) && names.includes(busy.consumer));
    expect(all.length).toBeGreaterThan(30);
    await lab.settled();
    expect(idle.status()).toMatchObject({ alive: true });
  });

  it('that were closed in order are gone at once', async () => {
    const lab = StreamLab.open();
    const first = await lab.worker();
    const second = await lab.worker();
    await lab.append('x', 'y');
    await eventually(() => expect([...first.finished.items, ...second.finished.items]).toHaveLength(2));
    await lab.settled();

    await first.close();

    expect(await consumersOf(lab)).not.toContain(first.consumer);
    await second.close();
    expect(await consumersOf(lab)).toEqual([]);
  });

  it('that hand something back leave it to nobody in particular, and are gone as well', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ batch: { size: 5, wait: 60_000 } });
    await lab.append('x');
    await eventually(async () => expect(await lab.pending()).toHaveLength(1));

    await worker.close();

    expect(await consumersOf(lab)).toEqual(['$parked']);
  });
});
