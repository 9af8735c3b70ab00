import { type AckOption, DeadLetter, Drop, type RedisFlowContext, Retry } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { Gate, numbers } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { Recorder } from '../../support/recorder.js';
import { unique } from '../../support/redis.js';
import { heartbeatsByHand } from './heartbeats.js';
import { FAST, GROUP, StreamLab } from './lab.js';

const RETRY = { attempts: 2, backoff: FAST } as const;

/** A worker whose entry is trimmed while it counts it, and what heartbeats do then. */
async function trimming(ack: AckOption, then: (beat: () => Promise<void>) => unknown) {
  const lab = StreamLab.open();
  const beat = heartbeatsByHand();
  const counter = unique('counter');
  const worker = await lab.worker({ ack }, async ({ transaction }) => {
    transaction.call('INCR', counter);
    await lab.redis.xtrim(lab.stream, 'MAXLEN', 0);
    await then(beat);
  });
  return { lab, counter, worker };
}

describe('a transaction', () => {
  it('appends, enqueues, publishes and calls, all with the acknowledgement', async () => {
    const lab = StreamLab.open();
    const [receipts, jobs, channel, counter] = ['receipts', 'jobs', 'channel', 'counter'].map(unique) as [
      string,
      string,
      string,
      string,
    ];
    const live = new Recorder<string>();
    const listener = lab.redis.duplicate();
    await listener.subscribe(channel);
    listener.on('message', (_, text: string) => live.add(text));
    const worker = await lab.worker({}, ({ transaction }) => {
      transaction.append(receipts, { order: 1 }, { headers: { tenant: 'acme' } });
      transaction.append(receipts, { order: 2, text: 'flat' }, { format: 'fields' });
      transaction.enqueue(jobs, { mail: 1 });
      transaction.publish(channel, 'paid');
      transaction.call('INCRBY', counter, 5);
    });
    await lab.append('x');
    await worker.finished.count(1);
    await lab.settled();

    const entries = await lab.redis.xrange(receipts, '-', '+');
    expect(entries.map(([, fields]) => fields)).toEqual([
      ['$data', '{"order":1}', '$headers', '{"tenant":"acme"}'],
      ['order', '2', 'text', 'flat'],
    ]);
    expect(await lab.redis.llen(jobs)).toBe(1);
    expect(String(await lab.redis.rpop(jobs))).toContain('{"mail":1}');
    expect(await lab.redis.get(counter)).toBe('5');
    expect(await live.count(1)).toEqual(['"paid"']);
    listener.disconnect();
  });

  it("puts the module's key prefix in front of its own forms, and leaves a plain call as it is", async () => {
    const lab = StreamLab.open();
    const prefix = `${unique('prefix')}:`;
    const counter = unique('counter');
    const worker = await lab.worker(
      {},
      ({ transaction }) => {
        transaction.append('receipts', 1);
        transaction.call('INCR', counter);
      },
      { flow: { keyPrefix: prefix } },
    );
    await lab.redis.xadd(`${prefix}${lab.stream}`, '*', '$data', '1');
    await worker.finished.count(1);

    await eventually(async () => expect(await lab.redis.xlen(`${prefix}receipts`)).toBe(1));
    expect(await lab.redis.get(counter)).toBe('1');
  });

  it("is applied together with the done mark of 'once'", async () => {
    const lab = StreamLab.open();
    const counter = unique('counter');
    const worker = await lab.worker({ ack: 'once' }, ({ transaction }) => transaction.call('INCR', counter));
    const key = { 'idempotency-key': 'k' };
    await lab.appendWith(key, 1);
    await worker.finished.count(1);
    await lab.settled();
    expect(await lab.redis.get(`${lab.stream}:once:${GROUP}:k`)).toMatch(/^\d+-\d+ \S+$/);

    await lab.appendWith(key, 1);
    await worker.event('duplicate');
    await lab.settled();

    expect(await lab.redis.get(counter)).toBe('1');
  });

  it("is applied when a handler with ack: 'manual' acknowledges", async () => {
    const lab = StreamLab.open();
    const counter = unique('counter');
    const contexts = new Recorder<RedisFlowContext>();
    await lab.worker({ ack: 'manual' }, (context) => {
      context.transaction.call('INCR', counter);
      contexts.add(context);
    });
    await lab.append('x');
    const [context] = await contexts.count(1);
    expect(await lab.redis.get(counter)).toBeNull();

    context?.ack();
    await lab.settled();

    expect(await lab.redis.get(counter)).toBe('1');
  });

  it.each(['after', 'once'] as const)(
    "is applied with ack '%s' also where the entry was trimmed meanwhile: nobody else can have it",
    async (ack) => {
      const { lab, counter, worker } = await trimming(ack, async (beat) => {
        await beat();
        await beat();
      });
      const id = await lab.appendWith({ 'idempotency-key': 'k' }, 'x');
      await worker.finished.count(1);
      await eventually(async () => expect(await lab.redis.get(counter)).toBe('1'));

      const mark = await lab.redis.get(`${lab.stream}:once:${GROUP}:k`);
      expect(mark?.startsWith(`${id} `)).toBe(ack === 'once' ? true : undefined);
      expect(worker.eventsOf('leaseLost')).toEqual([]);
      await lab.settled();
    },
  );

  it.each(['after', 'once'] as const)(
    "is applied with ack '%s' also where the heartbeat that finds that out has no answer yet",
    async (ack) => {
      const { lab, counter, worker } = await trimming(ack, (beat) => void beat());
      await lab.append('x');
      await worker.finished.count(1);
      await eventually(async () => expect(await lab.redis.get(counter)).toBe('1'));

      expect(worker.eventsOf('leaseLost')).toEqual([]);
      await lab.settled();
    },
  );

  it('may touch its own stream', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({}, ({ transaction, message }) => {
      if (message.data === 'first') transaction.append(lab.stream, 'second');
    });
    await lab.append('first');
    await worker.finished.count(2);
    await lab.settled();
    expect(worker.data).toEqual(['first', 'second']);
  });

  it('may be long, and its commands may be', async () => {
    const lab = StreamLab.open();
    const [list, set] = [unique('list'), unique('set')];
    const worker = await lab.worker({}, ({ transaction }) => {
      for (const n of numbers(3_000)) transaction.call('RPUSH', list, n);
      transaction.call('SADD', set, ...numbers(5_000));
    });
    await lab.append('x');
    await worker.finished.count(1);
    await lab.settled();

    expect(await lab.redis.llen(list)).toBe(3_000);
    expect(await lab.redis.scard(set)).toBe(5_000);
  });
});

describe('a transaction is not applied', () => {
  const WAYS: Readonly<Record<string, (context: RedisFlowContext) => unknown>> = {
    'the handler fails': () => Promise.reject(new Error('no')),
    'the handler asks for a retry': () => Retry.after(5),
    'it gives the message up': () => DeadLetter.because('closed'),
    'it drops the message': () => Drop.because('unsubscribed'),
    'it drops the message by the context': (context) => context.drop(),
  };

  it.each(Object.entries(WAYS))('when %s', async (_, end) => {
    const lab = StreamLab.open();
    const counter = unique('counter');
    const worker = await lab.worker({ retry: RETRY }, (context) => {
      context.transaction.call('INCR', counter);
      return end(context);
    });
    await lab.append('x');
    await worker.finished.count(1);
    await worker.events.until((events) => events.some(({ type }) => type === 'dropped' || type === 'deadLettered'));
    await lab.settled();

    expect(await lab.redis.get(counter)).toBeNull();
  });

  it('when an attempt before it failed: each attempt collects anew', async () => {
    const lab = StreamLab.open();
    const counter = unique('counter');
    for (const hold of [false, true]) {
      const group = `group-${hold}`;
      const worker = await lab.worker({ group, from: '$', retry: { ...RETRY, hold } }, (context) => {
        context.transaction.call('INCR', counter);
        if (context.attempt === 1) throw new Error('no');
      });
      await lab.append('x');
      await worker.finished.count(2);
      await lab.settled(group);
      await worker.close();
    }
    expect(await lab.redis.get(counter)).toBe('2');
  });

  it('when another consumer has taken the message over, noticed or not', async () => {
    const lab = StreamLab.open();
    const counter = unique('counter');
    const gate = new Gate();
    const worker = await lab.worker({}, async ({ transaction, message }) => {
      transaction.call('INCR', counter);
      await lab.redis.xclaim(lab.stream, GROUP, 'another', 0, message.id);
      await gate.pass();
    });
    const [id] = await lab.append('x');
    await worker.started.count(1);
    gate.open();

    await worker.event('leaseLost');

    expect(await lab.redis.get(counter)).toBeNull();
    expect(await lab.pending()).toMatchObject([{ id, consumer: 'another' }]);
  });
});
