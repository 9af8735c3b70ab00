import { setTimeout as sleep } from 'node:timers/promises';
import { TransactionNotAvailableError, type RedisFlowContext } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { Gate } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { Recorder } from '../../support/recorder.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { heartbeatsByHand } from './heartbeats.js';
import { GROUP, StreamLab } from './lab.js';

const LEASE = 300;

describe("ack: 'before'", () => {
  it('acknowledges before the handler starts', async () => {
    const lab = StreamLab.open();
    const pending: unknown[] = [];
    const worker = await lab.worker({ ack: 'before' }, async () => pending.push(...(await lab.pending())));

    await lab.append('a', 'b');
    await worker.finished.count(2);

    expect(pending).toEqual([]);
    expect(worker.data).toEqual(['a', 'b']);
  });

  it("puts what fails into the dead letters, with the entry's bytes, and does not handle it again", async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ ack: 'before' }, () => Promise.reject(new Error('no')));
    const bytes = Buffer.from('{"n": 1.0, "u":"ü" }');
    const id = await lab.redis.xadd(lab.stream, '*', '$data', bytes, '$headers', '{"tenant":"acme"}');

    const [letter] = await lab.lettersWhen(1);

    expect(letter?.fields.get('$data')).toEqual(bytes);
    expect(letter?.headers).toMatchObject({
      tenant: 'acme',
      'dlq-id': id,
      'dlq-reason': 'exhausted',
      'dlq-attempts': '1',
      'dlq-error-message': 'no',
    });
    expect(worker.attempts).toEqual([1]);
    expect(worker.eventsOf('deadLettered')).toHaveLength(1);
  });

  it.each([
    ['retry', (context: RedisFlowContext) => context.retry({ delay: 1 }), 'exhausted'],
    ['release', (context: RedisFlowContext) => context.release(), 'rejected'],
  ])('puts it there, too, where the handler asks for what is not possible any more: %s', async (_, ask, reason) => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ ack: 'before' }, ask);
    await lab.append('x');

    const [letter] = await lab.lettersWhen(1);

    expect(letter?.headers['dlq-reason']).toBe(reason);
    expect(worker.attempts).toEqual([1]);
  });

  it('leaves a handler alone that takes longer than a lease, and keeps it when it fails then', async () => {
    const lab = StreamLab.open();
    const signals: AbortSignal[] = [];
    const worker = await lab.worker({ ack: 'before', lease: LEASE }, async ({ signal }) => {
      signals.push(signal);
      await sleep(2 * LEASE);
      throw new Error('late');
    });
    await lab.append('x');

    const [letter] = await lab.lettersWhen(1);

    expect(letter?.headers['dlq-error-message']).toBe('late');
    expect(signals[0]?.aborted).toBe(false);
    expect(worker.eventsOf('leaseLost')).toEqual([]);
  });

  it('lets a handler extend its time: there is no lease that it could have lost', async () => {
    const lab = StreamLab.open();
    const extended = new Recorder<string>();
    const worker = await lab.worker({ ack: 'before', timeout: 100 }, async (context) => {
      await context.extend(5_000);
      await sleep(200);
      extended.add(context.message.id);
    });
    const [id] = await lab.append('x');

    expect(await extended.count(1)).toEqual([id]);
    expect(worker.events.items.filter(({ type }) => type !== 'connection')).toEqual([]);
  });

  it('does not handle what another consumer took over while it waited', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    const worker = await lab.worker({ ack: 'before', batch: { size: 3, wait: 60_000 } }, () => gate.pass());
    const [first = ''] = await lab.append('taken', 'ours');
    await eventually(async () => expect(await lab.pending()).toHaveLength(2));

    await lab.redis.xclaim(lab.stream, GROUP, 'another', 0, first);
    await lab.append('last');
    await worker.started.count(1);
    gate.open();
    await worker.finished.count(1);

    expect(worker.data).toEqual([['ours', 'last']]);
    expect(await lab.pending()).toEqual([expect.objectContaining({ id: first, consumer: 'another' })]);
    expect(worker.eventsOf('leaseLost')).toEqual([expect.objectContaining({ id: first })]);
  });

  it.each([
    ['and a heartbeat has found that out', true],
    ['and nothing has found that out yet', false],
  ])('handles what was trimmed while it waited, %s: nobody else can have it', async (_, isKnown) => {
    const beat = heartbeatsByHand();
    const lab = StreamLab.open();
    const worker = await lab.worker({ ack: 'before', batch: { size: 3, wait: 60_000 } });
    const [first = ''] = await lab.append('trimmed', 'kept');
    await eventually(async () => expect(await lab.pending()).toHaveLength(2));

    await lab.redis.xdel(lab.stream, first);
    if (isKnown) await beat();
    await lab.append('last');
    await worker.finished.count(1);

    expect(worker.data).toEqual([['trimmed', 'kept', 'last']]);
    expect(worker.eventsOf('leaseLost')).toEqual([]);
    await lab.settled();
  });

  it('handles what a heartbeat has just taken off the pending list, as it was trimmed', async () => {
    const beat = heartbeatsByHand();
    const lab = StreamLab.open();
    const proxy = await TcpProxy.open(lab.url);
    const flow = { connection: proxy.only('command') };
    const worker = await lab.worker({ ack: 'before', batch: { size: 2, wait: 60_000 } }, undefined, { flow });
    const [id = ''] = await lab.append('warm-up', 'warm-up');
    await worker.finished.count(1);
    const [trimmed = ''] = await lab.append('trimmed');
    await eventually(async () => expect(await lab.pending()).toHaveLength(1));
    expect(trimmed > id).toBe(true);

    await lab.redis.xdel(lab.stream, trimmed);
    const held = proxy.holdReplyTo(new RegExp(trimmed));
    const beaten = beat();
    await held;
    await lab.append('last');
    await eventually(async () => expect(await lab.pending()).toHaveLength(1));
    proxy.resume();
    await beaten;
    await worker.finished.count(2);

    expect(worker.data[1]).toEqual(['trimmed', 'last']);
    expect(worker.eventsOf('leaseLost')).toEqual([]);
    await lab.settled();
  });

  it('has lost nothing where a heartbeat goes out while the acknowledgement is on its way', async () => {
    const beat = heartbeatsByHand();
    const lab = StreamLab.open();
    const proxy = await TcpProxy.open(lab.url);
    const flow = { connection: proxy.only('command') };
    const gate = new Gate();
    const signals: AbortSignal[] = [];
    const handle = ({ signal }: RedisFlowContext) => signals.push(signal) > 1 && gate.pass();
    const worker = await lab.worker({ ack: 'before', batch: { size: 2, wait: 60_000 } }, handle, { flow });
    await lab.append('warm-up', 'warm-up');
    await worker.finished.count(1);
    const [first = ''] = await lab.append('first');
    await eventually(async () => expect(await lab.pending()).toHaveLength(1));

    const held = proxy.holdReplyTo(new RegExp(first));
    await lab.append('last');
    await held;
    const beaten = beat();
    proxy.resume();
    await beaten;
    await worker.started.count(2);
    gate.open();
    await worker.finished.count(2);

    expect(worker.data[1]).toEqual(['first', 'last']);
    expect(signals[1]?.aborted).toBe(false);
    expect(worker.eventsOf('leaseLost')).toEqual([]);
  });

  it('has no transaction', async () => {
    const lab = StreamLab.open();
    const errors: unknown[] = [];
    const worker = await lab.worker({ ack: 'before' }, (context) => {
      try {
        context.transaction.call('SET', 'x', 1);
      } catch (error) {
        errors.push(error);
      }
    });
    await lab.append('x');
    await worker.finished.count(1);

    expect(errors).toEqual([expect.any(TransactionNotAvailableError)]);
  });
});
