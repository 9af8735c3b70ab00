import { describe, expect, it } from 'vitest';
import { Gate } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { QueueLab, ours } from '../../support/queue/queue-lab.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

const key = (message: { readonly data: unknown }): string => String((message.data as { key: unknown }).key);

/** Resolves when a double waits for the one that is in progress. */
const doubleWaits = (lab: QueueLab): Promise<void> =>
  eventually(async () => expect(await lab.delayed()).toMatchObject([{ id: 'job-1', attempts: '0' }]));

describe("two jobs with one id in a queue with ack 'once'", () => {
  it('do not run at once in one worker', async () => {
    const lab = new QueueLab();
    const gate = new Gate();
    const item = ours('"x"', { id: 'job-1' });
    await lab.redis.lpush(lab.queue, item, item);
    const worker = await lab.worker({ options: { ack: 'once', concurrency: 2 }, handle: () => gate.pass() });
    await worker.started.count(1);

    await doubleWaits(lab);
    gate.open();
    expect(await worker.event('duplicate')).toMatchObject([{ id: 'job-1' }]);
    await lab.settled();
    expect(worker.data).toEqual(['x']);
  });

  it('do not run at once in two workers', async () => {
    const lab = new QueueLab();
    const gate = new Gate();
    const item = ours('"x"', { id: 'job-1' });
    const one = await lab.worker({ options: { ack: 'once' }, handle: () => gate.pass() });
    await lab.redis.lpush(lab.queue, item);
    await one.started.count(1);
    const other = await lab.worker({ options: { ack: 'once' } });
    await lab.redis.lpush(lab.queue, item);

    await doubleWaits(lab);
    gate.open();
    await Promise.race([one.event('duplicate'), other.event('duplicate')]);
    await lab.settled();
    expect([...one.data, ...other.data]).toEqual(['x']);
  });
});

describe("a queue with ack 'once' that loses the reply to the note that a job is in progress", () => {
  it('handles the job once, which does not wait for itself', async () => {
    const lab = new QueueLab();
    const proxy = await TcpProxy.open(lab.url);
    const options = { ack: { once: { window: 60_000, key } }, lease: 900 } as const;
    const worker = await lab.worker({ options, flow: { connection: proxy.url } });
    // Redis knows the script then: its first call would only tell that it does not.
    await lab.push({ key: 'warm-up' });
    await worker.finished.count(1);

    const lost = proxy.loseReplyTo(/evalsha?\r\n[^]*:once:k1\r\n/i);
    await lab.push({ key: 'k1' });
    await lost;

    await lab.settled();
    expect(worker.data).toEqual([{ key: 'warm-up' }, { key: 'k1' }]);
    expect(worker.attempts).toEqual([1, 1]);
    expect(await lab.redis.exists(`${lab.queue}:progress`)).toBe(0);
  });
});

describe('what is in progress with a consumer', () => {
  it('stays so when another is recovered whose name is the end of its own', async () => {
    const lab = new QueueLab();
    const [gone, living] = ['1', 'worker 1'];
    const notes = { mine: `id hash ${gone}`, other: `id hash ${living}`, unhashed: `id  ${living}` };
    await lab.redis.hset(`${lab.queue}:progress`, notes);
    await lab.redis.zadd(`${lab.queue}:consumers`, Date.now() + 60_000, living, Date.now() - 1, gone);
    await lab.worker();

    await eventually(async () => expect(await lab.redis.zscore(`${lab.queue}:consumers`, gone)).toBeNull());
    expect(await lab.redis.hgetall(`${lab.queue}:progress`)).toEqual({ other: notes.other, unhashed: notes.unhashed });
  });
});
