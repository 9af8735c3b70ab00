import { TransactionNotAvailableError } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { Gate, numbers } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { GROUP, StreamLab } from './lab.js';

describe("ack: 'none'", () => {
  it('leaves nothing pending from the moment on that an entry is handed out', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    const worker = await lab.worker({ ack: 'none', concurrency: 5 }, () => gate.pass());
    await lab.append(...numbers(5));
    await worker.started.count(5);

    expect(await lab.pending()).toEqual([]);
    gate.open();
    await worker.finished.count(5);
    expect(worker.data).toEqual(numbers(5));
  });

  it.each([
    ['fails', () => Promise.reject(new Error('no'))],
    ['asks for a retry', (context: { retry: (options: object) => void }) => context.retry({ delay: 1 })],
    ['gives it up', (context: { deadLetter: (reason: string) => void }) => context.deadLetter('no')],
  ])('drops a message whose handler %s, with an event, and keeps nothing of it', async (_, handle) => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ ack: 'none' }, handle);
    const [id] = await lab.append('x');

    const [dropped] = await worker.event('dropped');
    await lab.append('y');
    await worker.finished.count(2);

    expect(dropped).toMatchObject({ id, attempt: 1, source: { key: lab.stream, group: GROUP } });
    expect(worker.data).toEqual(['x', 'y']);
    expect(await lab.letters()).toEqual([]);
    expect(worker.eventsOf('retried')).toEqual([]);
  });

  it('handles what it has read also when it is closed meanwhile', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    const worker = await lab.worker({ ack: 'none', concurrency: 2 }, () => gate.pass());
    await lab.append(...numbers(10));
    await worker.started.count(2);

    const closed = worker.close();
    gate.open();
    await closed;

    const [group] = (await lab.redis.xinfo('GROUPS', lab.stream)) as [(string | number)[]];
    const lastDelivered = String(group?.[group.indexOf('last-delivered-id') + 1]);
    const read = await lab.redis.xrange(lab.stream, '-', lastDelivered);
    expect(worker.finished.items).toHaveLength(read.length);
  });

  it('handles a batch that was still waiting for others when it was closed', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ ack: 'none', batch: { size: 10, wait: 60_000 } });
    await lab.append('a', 'b');
    const delivered = async (): Promise<string> => JSON.stringify(await lab.redis.xinfo('GROUPS', lab.stream));
    await eventually(async () => expect(await delivered()).toMatch(/"lag",0/));

    await worker.close();

    expect(worker.data).toEqual([['a', 'b']]);
  });

  it('lets a handler extend its time: there is no lease that it could have lost', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ ack: 'none' }, (context) => context.extend(1_000));
    await lab.append('x', 'y');
    await worker.finished.count(2);

    expect(worker.events.items.filter(({ type }) => type !== 'connection')).toEqual([]);
  });

  it('acknowledges what the group still had pending from another policy', async () => {
    const lab = StreamLab.open();
    const [id = ''] = await lab.append('old');
    await lab.readAs('gone');
    await lab.redis.xclaim(lab.stream, GROUP, 'gone', 0, id, 'IDLE', 60_000, 'JUSTID');

    const worker = await lab.worker({ ack: 'none' });
    await worker.finished.count(1);

    expect(worker.data).toEqual(['old']);
    await lab.settled();
  });

  it('has no transaction', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ ack: 'none' }, (context) => context.transaction.call('SET', 'x', 1));
    await lab.append('x');

    const [dropped] = await worker.event('dropped');
    expect(dropped?.error).toBeInstanceOf(TransactionNotAvailableError);
  });
});
