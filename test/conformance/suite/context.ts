import { eventually } from '../../support/eventually.js';
import { AlreadySettledError, type RedisFlowContext } from 'nestjs-redis-flow';
import { expect, it } from 'vitest';
import type { MechanismHarness } from '../../support/conformance/harness.js';
import { Lab, type WorkerSpec } from '../../support/conformance/lab.js';

const SLOW_RETRY = { attempts: 3, backoff: { type: 'fixed', delay: 60_000 } } as const;

/** Decides at the first attempt only, and then throws: what was decided must win. */
const decideThenThrow =
  (decide: (context: RedisFlowContext) => void): NonNullable<WorkerSpec['handle']> =>
  (context) => {
    if (context.message.data !== 'bad' || context.attempt > 1) return;
    decide(context);
    throw new Error('after the decision');
  };

function effectCases(harness: MechanismHarness): void {
  it('context.ack() ends the message, whatever the handler does then', async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker({ retry: SLOW_RETRY, handle: decideThenThrow((context) => context.ack()) });

    await lab.publish(['bad', 'good']);

    await worker.finished.count(2);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    expect(await lab.deadLetters()).toEqual([]);
    expect(worker.attempts).toEqual([1, 1]);
  });

  it('context.retry({ delay }) handles it again after the delay, as the next attempt', async () => {
    const lab = await Lab.open(harness);
    const handle = decideThenThrow((context) => context.retry({ delay: 100 }));
    const worker = await lab.worker({ retry: SLOW_RETRY, handle });

    await lab.publish(['bad']);

    const [first, second] = await worker.finished.count(2);
    expect(worker.attempts).toEqual([1, 2]);
    expect(Number(second?.at) - Number(first?.at)).toBeGreaterThanOrEqual(98);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
  });

  it('context.deadLetter(reason) keeps it with the reason', async () => {
    const lab = await Lab.open(harness);
    const handle = decideThenThrow((context) => context.deadLetter('not ours'));
    const worker = await lab.worker({ retry: SLOW_RETRY, handle });

    await lab.publish(['bad', 'good']);

    await worker.finished.count(2);
    const [letter] = await lab.deadLetters();
    expect(letter?.payload.toString()).toBe('"bad"');
    expect(letter?.headers).toMatchObject({ 'dlq-reason': 'rejected', 'dlq-detail': 'not ours' });
  });

  it('context.drop() keeps nothing', async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker({ retry: SLOW_RETRY, handle: decideThenThrow((context) => context.drop()) });

    await lab.publish(['bad', 'good']);

    await worker.finished.count(2);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    expect(await lab.deadLetters()).toEqual([]);
    expect(worker.attempts).toEqual([1, 1]);
  });

  it('context.release() hands it back without charging an attempt, as often as it is said', async () => {
    const lab = await Lab.open(harness);
    let releases = 0;
    const handle: WorkerSpec['handle'] = (context) => {
      releases += 1;
      if (releases <= 3) context.release();
    };
    const worker = await lab.worker({ retry: { attempts: 1 }, lease: 1_000, handle });

    await lab.publish(['x']);

    await worker.finished.count(4);
    expect(worker.attempts).toEqual([1, 1, 1, 1]);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    expect(await lab.deadLetters()).toEqual([]);
  });
}

export function contextCases(harness: MechanismHarness): void {
  if (harness.capabilities.redelivery && harness.capabilities.deadLetters) effectCases(harness);

  it('a second decision is refused, and the first one stands', async () => {
    const lab = await Lab.open(harness);
    let refusal: unknown;
    const worker = await lab.worker({
      handle: (context) => {
        context.ack();
        try {
          context.deadLetter('too late');
        } catch (error) {
          refusal = error;
        }
      },
    });

    await lab.publish(['x', 'y']);

    await worker.finished.count(2);
    expect(refusal).toBeInstanceOf(AlreadySettledError);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    expect(await lab.deadLetters()).toEqual([]);
  });

  it('the idempotency key differs between messages and stays the same between attempts', async () => {
    const lab = await Lab.open(harness);
    const { redelivery } = harness.capabilities;
    const keys: Record<string, Set<string>> = { a: new Set(), b: new Set() };
    const worker = await lab.worker({
      retry: { attempts: 3, backoff: { type: 'fixed', delay: 1 } },
      handle: ({ message, idempotencyKey, attempt }) => {
        keys[String(message.data)]?.add(idempotencyKey);
        if (attempt < 3) throw new Error('again');
      },
    });

    await lab.publish(['a', 'b']);

    await worker.finished.count(redelivery ? 6 : 2);
    expect([keys['a']?.size, keys['b']?.size]).toEqual([1, 1]);
    expect([...(keys['a'] ?? [])]).not.toEqual([...(keys['b'] ?? [])]);
  });
}
