import { eventually } from '../../support/eventually.js';
import { once } from 'node:events';
import { HandlerTimeoutError } from 'nestjs-redis-flow';
import { expect, it } from 'vitest';
import type { MechanismHarness } from '../../support/conformance/harness.js';
import { Lab, type WorkerSpec } from '../../support/conformance/lab.js';

const TIMEOUT = 150;
const RETRY = { attempts: 2, backoff: { type: 'fixed', delay: 1 } } as const;

/** Hangs for the message `hangs` until its signal fires, and tells the signal's reason. */
const hangs =
  (onAbort: (reason: unknown) => void): NonNullable<WorkerSpec['handle']> =>
  async ({ message, signal }) => {
    if (message.data !== 'hangs') return;
    await once(signal, 'abort');
    onAbort(signal.reason);
  };

/** Hangs and pays no attention to its signal. */
const hangsForEver: NonNullable<WorkerSpec['handle']> = ({ message }) =>
  message.data === 'hangs' ? new Promise<never>(() => undefined) : undefined;

function deadLetterCases(harness: MechanismHarness): void {
  it('handles a message again whose handler hung, and dead-letters it after its attempts', async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker({ timeout: TIMEOUT, retry: RETRY, handle: hangsForEver });

    await lab.publish(['hangs']);

    await eventually(async () => expect(await lab.deadLetters()).toHaveLength(1));
    expect(worker.attempts).toEqual([1, 2]);
    expect((await lab.deadLetters())[0]?.headers).toMatchObject({
      'dlq-reason': 'exhausted',
      'dlq-attempts': '2',
      'dlq-error-class': 'HandlerTimeoutError',
    });
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
  });

  it('ignores what a handler gives after its time is over', async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker({
      timeout: TIMEOUT,
      retry: false,
      handle: async (context) => {
        await once(context.signal, 'abort');
        context.drop('too late');
      },
    });

    await lab.publish(['hangs']);

    await worker.finished.count(1);
    await eventually(async () => expect(await lab.deadLetters()).toHaveLength(1));
    expect((await lab.deadLetters())[0]?.headers['dlq-error-class']).toBe('HandlerTimeoutError');
  });
}

export function timeoutCases(harness: MechanismHarness): void {
  const { redelivery, deadLetters } = harness.capabilities;
  const attempts = redelivery ? 2 : 1;

  it('fires the signal of a handler that hangs, with the reason', async () => {
    const lab = await Lab.open(harness);
    const reasons: unknown[] = [];
    const worker = await lab.worker({
      timeout: TIMEOUT,
      retry: RETRY,
      handle: hangs((reason) => reasons.push(reason)),
    });

    await lab.publish(['hangs']);

    await worker.finished.count(attempts);
    expect(reasons).toHaveLength(attempts);
    for (const reason of reasons) expect(reason).toBeInstanceOf(HandlerTimeoutError);
  });

  it('goes on with the neighbours of a handler that hangs for ever', async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker({ timeout: TIMEOUT, retry: RETRY, handle: hangsForEver });

    await lab.publish(['before', 'hangs', 'after']);

    await worker.finished.count(2);
    expect(worker.finished.items.map(({ data }) => data)).toEqual(['before', 'after']);
    expect(worker.finished.items.map(({ attempt }) => attempt)).toEqual([1, 1]);
  });

  it('leaves a handler alone that ends in time', async () => {
    const lab = await Lab.open(harness);
    const signals: AbortSignal[] = [];
    const worker = await lab.worker({
      timeout: 2_000,
      retry: RETRY,
      handle: ({ signal }) => void signals.push(signal),
    });

    await lab.publish(['quick', 'quick']);

    await worker.finished.count(2);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
    expect(worker.attempts).toEqual([1, 1]);
  });

  if (deadLetters) deadLetterCases(harness);
}
