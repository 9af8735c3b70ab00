import { describe, expect, it } from 'vitest';
import { Gate } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { QUEUE_READ, QueueLab } from '../../support/queue/queue-lab.js';
import { unique } from '../../support/redis.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

/** As a read does it whose connection was given up before it reached Redis. */
const handOutLate = (lab: QueueLab, consumer: string, item: string) =>
  lab.redis.rpush(`${lab.queue}:taken:${consumer}`, item);

describe('a job that Redis hands out after its read was given up', () => {
  it('is handled while the consumer lives, and charged no attempt', async () => {
    const lab = new QueueLab();
    const consumer = unique('living');
    const worker = await lab.worker({ options: { lease: 300 }, flow: { consumer } });
    await handOutLate(lab, consumer, '"late"');

    await worker.finished.count(1);
    expect(worker.data).toEqual(['late']);
    expect(worker.attempts).toEqual([1]);
    await lab.settled();
  });

  it('is told from an equal one that is being handled', async () => {
    const lab = new QueueLab();
    const consumer = unique('living');
    const gate = new Gate();
    const options = { lease: 300, concurrency: 2 };
    const worker = await lab.worker({ options, flow: { consumer }, handle: () => gate.pass() });
    await lab.push('same');
    await worker.started.count(1);
    await handOutLate(lab, consumer, '"same"');

    await worker.started.count(2);
    gate.open();
    await lab.settled();
    expect(worker.data).toEqual(['same', 'same']);
    expect(worker.attempts).toEqual([1, 1]);
  });
});

describe('a job that Redis hands out to a consumer that has left with its read under way', () => {
  it('is handled by another, and charged no attempt', async () => {
    const lab = new QueueLab();
    const [consumer, proxy] = [unique('leaving'), await TcpProxy.open(lab.url)];
    const options = { lease: 600 };
    const flow = { consumer, connection: proxy.url, shutdown: { timeout: 300 } };
    const leaving = await lab.worker({ options, flow });
    await lab.push('before');
    await leaving.finished.count(1);
    await lab.settled();
    const waits = new RegExp(` name=${consumer}:.* flags=b.* cmd=blmove `);
    await eventually(async () => expect(await lab.redis.client('LIST')).toMatch(waits));

    proxy.blackhole(QUEUE_READ);
    await leaving.close();
    await handOutLate(lab, consumer, '"late"');

    const other = await lab.worker({ options });
    const [run] = await other.finished.count(1);
    expect(run).toMatchObject({ data: 'late', attempt: 1 });
    await lab.settled();
    expect(await lab.redis.zscore(`${lab.queue}:consumers`, consumer)).toBeNull();
  });
});
