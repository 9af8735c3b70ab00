import { Injectable } from '@nestjs/common';
import {
  AckOnce,
  type AckPolicy,
  Drop,
  type HandledDelivery,
  type HandlerFailure,
  type Outcome,
  Retry,
  type RetryDecision,
  type RetryPolicy,
  type Settlement,
} from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { FAST, GROUP, StreamLab } from './lab.js';

class UnpaidError extends Error {}

@Injectable()
class Calendar {
  readonly asked: HandlerFailure[] = [];
  readonly wait = 30;
}

@Injectable()
class BankHours implements RetryPolicy {
  constructor(private readonly calendar: Calendar) {}

  decide(failure: HandlerFailure): RetryDecision {
    this.calendar.asked.push(failure);
    if (failure.attempt >= 3) return { deadLetter: 'three banking days' };
    return { retryAfter: this.calendar.wait };
  }
}

@Injectable()
class KeepUnpaid implements AckPolicy {
  readonly timing = 'after';
  constructor(private readonly calendar: Calendar) {}

  decide(outcome: Outcome, { attempt }: HandledDelivery): Settlement | undefined {
    const isUnpaid = outcome.type === 'failed' && outcome.error instanceof UnpaidError && attempt < 7;
    return isUnpaid ? { type: 'retry', delay: this.calendar.wait / 10 } : undefined;
  }
}

describe('a RetryPolicy of the user', () => {
  it('is made by the container from its class, is asked with the failure, and its answer counts', async () => {
    const lab = StreamLab.open();
    const error = new TypeError('not fatal unless the policy says so');
    const providers = [Calendar, BankHours];
    const worker = await lab.worker({ retry: BankHours }, () => Promise.reject(error), { providers });
    const [id] = await lab.append('x');

    const [letter] = await lab.lettersWhen(1);

    expect(letter?.headers).toMatchObject({ 'dlq-reason': 'exhausted', 'dlq-detail': 'three banking days' });
    expect(worker.attempts).toEqual([1, 2, 3]);
    const { asked } = worker.get(Calendar);
    expect(asked.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(asked[0]).toMatchObject({ error, message: { id, data: 'x' }, source: { key: lab.stream, group: GROUP } });
    const [first, second] = worker.started.items;
    expect(Number(second?.at) - Number(first?.at)).toBeGreaterThanOrEqual(28);
  });

  it('may be an instance, and may drop', async () => {
    const lab = StreamLab.open();
    const retry: RetryPolicy = { decide: () => ({ drop: 'nobody misses it' }) };
    const worker = await lab.worker({ retry }, () => Promise.reject(new Error('no')));
    await lab.append('x');

    const [dropped] = await worker.event('dropped');
    await lab.settled();

    expect(dropped?.reason).toBe('nobody misses it');
    expect(await lab.letters()).toEqual([]);
  });

  it("leaves a handler's own delay alone, and bounds it", async () => {
    const lab = StreamLab.open();
    const retry: RetryPolicy = {
      decide: ({ attempt }) => (attempt < 3 ? { retryAfter: 60_000 } : { deadLetter: 'often enough' }),
    };
    const worker = await lab.worker({ retry }, () => Retry.after(5));
    await lab.append('x');

    const [letter] = await lab.lettersWhen(1);
    expect(letter?.headers['dlq-detail']).toBe('often enough');
    expect(worker.attempts).toEqual([1, 2, 3]);
  });

  it.each([
    ['a message', {}],
    ['a batch', { batch: { size: 2, wait: 1 } }],
  ])('is asked once about a crash, and what it gives up is not started again: %s', async (_, options) => {
    const lab = StreamLab.open();
    const [id = ''] = await lab.append('x');
    await lab.readAs('gone');
    // Its handler was started once, and its lease is over.
    await lab.redis.xclaim(lab.stream, GROUP, 'gone', 0, id, 'IDLE', 600_000, 'RETRYCOUNT', 2, 'JUSTID');
    const asked: HandlerFailure[] = [];
    const retry: RetryPolicy = { decide: (failure) => ({ deadLetter: `asked ${asked.push(failure)} times` }) };

    const worker = await lab.worker({ retry, ...options });
    const [letter] = await lab.lettersWhen(1);
    await lab.settled();

    expect(asked).toMatchObject([{ attempt: 1, error: { code: 'HANDLER_CRASHED' }, message: { id, data: 'x' } }]);
    expect(letter?.headers).toMatchObject({ 'dlq-reason': 'crashed', 'dlq-detail': 'asked 1 times' });
    expect(worker.data).toEqual([]);
  });

  it('is asked once about each failure where a crash is retried', async () => {
    const lab = StreamLab.open();
    const [id = ''] = await lab.append('x');
    await lab.readAs('gone');
    await lab.redis.xclaim(lab.stream, GROUP, 'gone', 0, id, 'IDLE', 600_000, 'RETRYCOUNT', 2, 'JUSTID');
    const asked: [number, unknown][] = [];
    const retry: RetryPolicy = {
      decide: ({ attempt, error }) => {
        asked.push([attempt, error]);
        return attempt < 2 ? { retryAfter: 1 } : { deadLetter: 'enough' };
      },
    };
    const error = new Error('no');

    const worker = await lab.worker({ retry }, () => Promise.reject(error));
    await lab.lettersWhen(1);

    expect(asked).toMatchObject([
      [1, { code: 'HANDLER_CRASHED' }],
      [2, error],
    ]);
    expect(worker.attempts).toEqual([2]);
  });

  it('is not asked for bytes that cannot be decoded', async () => {
    const lab = StreamLab.open();
    await lab.worker({ retry: { decide: () => ({ retryAfter: 1 }) } });
    await lab.redis.xadd(lab.stream, '*', '$data', '{');

    const [letter] = await lab.lettersWhen(1);
    expect(letter?.headers['dlq-reason']).toBe('undecodable');
  });
});

describe('an AckPolicy of the user', () => {
  it('is made by the container from its class, and its answer wins over the retry policy', async () => {
    const lab = StreamLab.open();
    const providers = [Calendar, KeepUnpaid];
    const options = { ack: KeepUnpaid, retry: { attempts: 2, backoff: FAST } };
    const worker = await lab.worker(options, () => Promise.reject(new UnpaidError('unpaid')), { providers });
    await lab.append('x');

    const [letter] = await lab.lettersWhen(1);

    expect(worker.attempts).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(letter?.headers).toMatchObject({ 'dlq-reason': 'exhausted', 'dlq-attempts': '7' });
  });

  it.each([
    ['ack', { type: 'ack' }, 0],
    ['drop', { type: 'drop', reason: 'so what' }, 0],
    ['deadLetter', { type: 'deadLetter', reason: 'rejected', detail: 'no' }, 1],
  ] as const)('may settle a failure by %s', async (_, settlement, letters) => {
    const lab = StreamLab.open();
    const ack: AckPolicy = { timing: 'after', decide: () => settlement };
    const worker = await lab.worker({ ack }, () => Promise.reject(new Error('no')));
    await lab.append('x');
    await worker.finished.count(1);
    await lab.settled();

    await lab.lettersWhen(letters);
    expect(worker.attempts).toEqual([1]);
  });

  it('is asked for what a handler has completed or decided as well', async () => {
    const lab = StreamLab.open();
    const outcomes: string[] = [];
    const ack: AckPolicy = {
      timing: 'after',
      decide: (outcome) => {
        outcomes.push(outcome.type);
        return undefined;
      },
    };
    const worker = await lab.worker({ ack }, ({ message }) => (message.data === 'drop' ? Drop.because('no') : 1));
    await lab.append('ok', 'drop');
    await worker.finished.count(2);
    await lab.settled();
    expect(outcomes).toEqual(['completed', 'decided']);
  });

  it("acknowledges first where its timing is 'before'", async () => {
    const lab = StreamLab.open();
    const pending: number[] = [];
    const ack: AckPolicy = { timing: 'before' };
    const worker = await lab.worker({ ack }, async () => pending.push((await lab.pending()).length));
    await lab.append('x');
    await worker.finished.count(1);
    expect(pending).toEqual([0]);
  });

  it('may be an AckOnce with options of its own', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ ack: new AckOnce({ window: 60_000, key: ({ data }) => String(data) }) });
    await lab.append('x');
    await worker.finished.count(1);
    await lab.settled();
    await lab.append('x');

    const [duplicate] = await worker.event('duplicate');
    expect(duplicate?.idempotencyKey).toBe('x');
    expect(worker.data).toEqual(['x']);
  });
});
