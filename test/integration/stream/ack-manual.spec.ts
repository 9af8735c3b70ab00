import { setTimeout as sleep } from 'node:timers/promises';
import { AlreadySettledError, type RedisFlowContext, Retry } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { Gate } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { Recorder } from '../../support/recorder.js';
import { FAST, StreamLab } from './lab.js';

const MANUAL = { ack: 'manual', retry: { attempts: 3, backoff: FAST } } as const;

/** A worker whose contexts come out to the test. */
async function remoteWorker(lab: StreamLab, options: object = {}, handle = (): unknown => undefined) {
  const contexts = new Recorder<RedisFlowContext>();
  const worker = await lab.worker({ ...MANUAL, ...options }, (context) => {
    contexts.add(context);
    return handle();
  });
  return { worker, contexts };
}

describe("ack: 'manual'", () => {
  it('keeps a message pending after its handler has returned, until it is acknowledged', async () => {
    const lab = StreamLab.open();
    const { worker, contexts } = await remoteWorker(lab);
    const [id] = await lab.append('x');
    await worker.finished.count(1);
    expect(await lab.pending()).toEqual([expect.objectContaining({ id, consumer: worker.consumer })]);

    contexts.items[0]?.ack();

    await lab.settled();
    expect(worker.attempts).toEqual([1]);
  });

  it('holds its place as long as it is not settled: the next one waits', async () => {
    const lab = StreamLab.open();
    const { worker, contexts } = await remoteWorker(lab);
    await lab.append('first', 'second');
    await worker.finished.count(1);
    await eventually(() => expect(worker.status()).toMatchObject({ running: 1 }));

    expect(worker.data).toEqual(['first']);
    contexts.items[0]?.ack();
    await worker.finished.count(2);
    contexts.items[1]?.ack();
  });

  it.each([
    ['during the run', (settle: () => void) => settle()],
    ['after the handler has returned', (settle: () => void) => void setImmediate(() => setImmediate(settle))],
  ])('carries a settlement out at once, %s', async (_, when) => {
    const lab = StreamLab.open();
    const worker = await lab.worker(MANUAL, (context) => {
      const { data } = context.message;
      when(() => {
        if (context.attempt > 1) context.ack();
        else if (data === 'retry') context.retry({ delay: 20 });
        else if (data === 'dead') context.deadLetter('closed account');
        else context.drop('unsubscribed');
      });
    });

    await lab.append('retry', 'dead', 'drop');
    const [letter] = await lab.lettersWhen(1);
    const [dropped] = await worker.event('dropped');
    await worker.finished.count(4);
    await lab.settled();

    expect(letter?.headers).toMatchObject({ 'dlq-reason': 'rejected', 'dlq-detail': 'closed account' });
    expect(dropped?.reason).toBe('unsubscribed');
    expect(worker.started.items.filter(({ data }) => data === 'retry').map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it('does not wait for the end of the run with it', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    const worker = await lab.worker(MANUAL, async (context) => {
      context.ack();
      if (context.message.data === 'slow') await gate.pass();
    });

    await lab.append('slow', 'next');
    await worker.started.count(2);
    await lab.settled();

    expect(worker.data).toEqual(['slow', 'next']);
    gate.open();
  });

  it('hands a message back without a charge', async () => {
    const lab = StreamLab.open();
    let releases = 2;
    const worker = await lab.worker(MANUAL, (context) => {
      if (releases === 0) return context.ack();
      releases -= 1;
      context.release();
    });
    await lab.append('x');
    await worker.finished.count(3);
    await lab.settled();

    expect(worker.attempts).toEqual([1, 1, 1]);
  });

  it('refuses a second settlement by name', async () => {
    const lab = StreamLab.open();
    const { worker, contexts } = await remoteWorker(lab);
    await lab.append('x');
    await worker.finished.count(1);
    contexts.items[0]?.ack();

    expect(() => contexts.items[0]?.retry()).toThrow(AlreadySettledError);
    await lab.settled();
  });

  it('does as the handler says that throws or returns control flow, and retries what fails', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker(MANUAL, (context) => {
      const { data } = context.message;
      if (context.attempt > 1) return context.ack();
      if (data === 'throws') throw new Error('no');
      return data === 'returns' ? Retry.after(10) : Promise.reject(Retry.after(10));
    });

    await lab.append('throws', 'returns', 'rejects');
    await worker.finished.count(6);
    await lab.settled();
    expect(worker.eventsOf('retried').map(({ delay }) => delay)).toEqual([5, 10, 10]);
  });
});

describe("a message that a handler with ack: 'manual' forgets", () => {
  it('is retried when its timeout is over, with an event, and ends in the dead letters', async () => {
    const lab = StreamLab.open();
    const { worker } = await remoteWorker(lab, { timeout: 100, retry: { attempts: 2, backoff: FAST } });
    const [id] = await lab.append('x');

    const [letter] = await lab.lettersWhen(1);

    const [unsettled] = await worker.event('unsettled');
    expect(unsettled).toMatchObject({ id, attempt: 1, timeout: 100 });
    expect(worker.eventsOf('retried')).toHaveLength(1);
    expect(worker.attempts).toEqual([1, 2]);
    expect(letter?.headers).toMatchObject({
      'dlq-reason': 'exhausted',
      'dlq-error-class': 'UnsettledMessageError',
      'dlq-error-code': 'MESSAGE_UNSETTLED',
    });
  });

  it('has the time of a lease where no timeout is set', async () => {
    const lab = StreamLab.open();
    const { worker, contexts } = await remoteWorker(lab, { lease: 200 });
    await lab.append('x');

    const [unsettled] = await worker.event('unsettled');
    await contexts.count(2);
    contexts.items[1]?.ack();
    await lab.settled();

    expect(unsettled?.timeout).toBe(200);
    expect(worker.eventsOf('leaseLost')).toEqual([]);
  });

  it('gets more time by extend, and its late settlement counts then', async () => {
    const lab = StreamLab.open();
    const { worker, contexts } = await remoteWorker(lab, { timeout: 150 });
    await lab.append('x');
    const [context] = await contexts.count(1);

    await context?.extend(5_000);
    await sleep(300);
    context?.ack();
    await lab.settled();

    expect(worker.attempts).toEqual([1]);
    expect(worker.eventsOf('unsettled')).toEqual([]);
  });

  it('ignores what is settled too late', async () => {
    const lab = StreamLab.open();
    const { worker, contexts } = await remoteWorker(lab, { timeout: 50 });
    await lab.append('x');
    await contexts.count(2);

    contexts.items[0]?.deadLetter('too late');
    contexts.items[1]?.ack();
    await lab.settled();

    expect(await lab.letters()).toEqual([]);
    expect(worker.attempts).toEqual([1, 2]);
  });
});
