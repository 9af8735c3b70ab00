import { DeadLetter, Drop, type RedisFlowEvent, RedisFlowEvents } from 'nestjs-redis-flow';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRedisServer } from '../../../tools/redis/start-server.mjs';
import { Recorder } from '../../support/recorder.js';
import { FAST, GROUP, StreamLab, type Worker } from './lab.js';

/** What every event about a message says. */
const facts = (lab: StreamLab, worker: Worker, id: string, attempt: number) => ({
  connection: 'default',
  handler: 'FeatureHandler.handle',
  source: { mechanism: 'stream', key: lab.stream, group: GROUP, consumer: worker.consumer },
  id,
  attempt,
});

const withoutConnection = (worker: Worker) => worker.events.items.filter(({ type }) => type !== 'connection');

describe('events', () => {
  it('tell a retry with its delay and its error, and then the dead letter', async () => {
    const lab = StreamLab.open();
    const error = new Error('no');
    const worker = await lab.worker({ retry: { attempts: 2, backoff: FAST } }, () => Promise.reject(error));
    const [id = ''] = await lab.append('x');
    await worker.event('deadLettered');

    expect(withoutConnection(worker)).toEqual([
      { ...facts(lab, worker, id, 1), type: 'retried', delay: 5, error },
      { ...facts(lab, worker, id, 2), type: 'deadLettered', reason: 'exhausted', detail: undefined, error },
    ]);
  });

  it('tell why the handler gave a message up or dropped it', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({}, ({ message }) =>
      message.data === 'drop' ? Drop.because('unsubscribed') : DeadLetter.because('closed'),
    );
    const [first = '', second = ''] = await lab.append('dead', 'drop');
    await worker.event('dropped');

    expect(withoutConnection(worker)).toEqual([
      { ...facts(lab, worker, first, 1), type: 'deadLettered', reason: 'rejected', detail: 'closed', error: undefined },
      { ...facts(lab, worker, second, 1), type: 'dropped', reason: 'unsubscribed', error: undefined },
    ]);
  });

  it('tell a drop, and no dead letter, where none is kept', async () => {
    const lab = StreamLab.open();
    const error = new Error('no');
    const options = { retry: false, deadLetter: false } as const;
    const worker = await lab.worker(options, () => Promise.reject(error));
    const [id = ''] = await lab.append('x');
    await worker.event('dropped');

    expect(withoutConnection(worker)).toEqual([
      { ...facts(lab, worker, id, 1), type: 'dropped', reason: 'exhausted', error },
    ]);
  });

  it('tell nothing of a message that was handled or released', async () => {
    const lab = StreamLab.open();
    let isFirst = true;
    const worker = await lab.worker({}, (context) => {
      if (isFirst) context.release();
      isFirst = false;
    });
    await lab.append('x');
    await worker.finished.count(2);
    await lab.settled();
    expect(withoutConnection(worker)).toEqual([]);
  });

  it('reach every subscriber, for as long as it is subscribed', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({}, () => Drop.because('no'));
    const second = new Recorder<RedisFlowEvent>();
    const subscription = worker.get(RedisFlowEvents).events$.subscribe(second.add);
    await lab.append('x');
    await worker.event('dropped');
    expect(second.items).toEqual(withoutConnection(worker));

    subscription.unsubscribe();
    await lab.append('y');
    await worker.event('dropped', 2);

    expect(second.items).toHaveLength(1);
  });

  it('tell when the connection goes down, with the reason, and when it comes up', async () => {
    const server = await startRedisServer();
    const lab = StreamLab.open(server.url);
    const worker = await lab.worker();
    await worker.event('connection');

    await server.stop();
    const [, down] = await worker.event('connection', 2);
    const again = await startRedisServer({ port: server.port });
    onTestFinished(() => again.stop());
    const [up, , back] = await worker.event('connection', 3);

    expect(up).toEqual({ type: 'connection', connection: 'default', isUp: true });
    expect(down).toEqual({
      type: 'connection',
      connection: 'default',
      isUp: false,
      reason: expect.any(String) as string,
    });
    expect(back).toEqual(up);
  });
});
