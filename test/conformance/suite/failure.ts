import { eventually } from '../../support/eventually.js';
import { expect, it, vi } from 'vitest';
import type { MechanismHarness } from '../../support/conformance/harness.js';
import { Lab, type WorkerSpec, numbers } from '../../support/conformance/lab.js';

const RETRY = { attempts: 3, backoff: { type: 'fixed', delay: 5 } } as const;

class CardDeclinedError extends Error {
  readonly code = 'E_DECLINED';
}

/** Fails for one message, as often as it is asked. */
const failsFor =
  (data: unknown, error: Error): NonNullable<WorkerSpec['handle']> =>
  ({ message }) => {
    if (message.data === data) throw error;
  };

function redeliveryCases(harness: MechanismHarness): void {
  it('handles a message again until its handler succeeds, and counts the attempts from 1', async () => {
    const lab = await Lab.open(harness);
    const handle: WorkerSpec['handle'] = ({ attempt }) => {
      if (attempt < 3) throw new Error(`attempt ${attempt}`);
    };
    const worker = await lab.worker({ retry: { ...RETRY, attempts: 5 }, handle });

    await lab.send([{ data: { order: 1 }, headers: { tenant: 'acme' } }]);

    const started = await worker.finished.count(3);
    expect(worker.attempts).toEqual([1, 2, 3]);
    for (const each of started)
      expect(each).toMatchObject({ id: started[0]?.id, data: { order: 1 }, headers: { tenant: 'acme' } });
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    expect(await lab.deadLetters()).toEqual([]);
  });

  it('waits as long as the backoff says, which is asked with the attempt and the error', async () => {
    const lab = await Lab.open(harness);
    const error = new Error('not yet');
    const backoff = vi.fn<(attempt: number, error: unknown) => number>((attempt) => attempt * 120);
    const worker = await lab.worker({ retry: { attempts: 3, backoff }, handle: () => Promise.reject(error) });

    await lab.publish(['x']);

    const [first, second, third] = (await worker.started.count(3)).map(({ at }) => at) as [number, number, number];
    // Two clocks are at work, and both count whole milliseconds.
    expect(second - first).toBeGreaterThanOrEqual(118);
    expect(third - second).toBeGreaterThanOrEqual(238);
    expect(backoff.mock.calls).toEqual([
      [1, error],
      [2, error],
    ]);
  });

  it('goes on with the neighbours of a failing message, which are charged no attempt', async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker({ concurrency: 3, retry: RETRY, handle: failsFor(4, new Error('four')) });

    await lab.publish(numbers(10));

    await worker.finished.count(12);
    const neighbours = worker.started.items.filter(({ data }) => data !== 4);
    expect(neighbours.map(({ data }) => Number(data)).toSorted((a, b) => a - b)).toEqual(
      numbers(10).filter((each) => each !== 4),
    );
    expect(neighbours.every(({ attempt }) => attempt === 1)).toBe(true);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
  });
}

function deadLetterCases(harness: MechanismHarness): void {
  it('gives a message up after its attempts, and keeps its bytes, its headers and the original error', async () => {
    const lab = await Lab.open(harness);
    const error = new CardDeclinedError('card 42 was declined: Überziehung');
    const worker = await lab.worker({ retry: RETRY, handle: () => Promise.reject(error) });
    const data = { n: 1.0, text: 'ünïcode', nested: [null] };

    await lab.send([{ data, headers: { tenant: 'acme' } }]);

    await eventually(async () => expect(await lab.deadLetters()).toHaveLength(1));
    expect(worker.attempts).toEqual([1, 2, 3]);
    const [letter] = await lab.deadLetters();
    expect(letter?.payload.toString()).toBe(JSON.stringify(data));
    expect(letter?.headers).toMatchObject({
      tenant: 'acme',
      'dlq-reason': 'exhausted',
      'dlq-attempts': '3',
      'dlq-id': worker.started.items[0]?.id,
      'dlq-source': lab.target,
      'dlq-error-class': 'CardDeclinedError',
      'dlq-error-message': error.message,
      'dlq-error-code': 'E_DECLINED',
    });
    expect(letter?.headers['dlq-error-stack']).toContain('failure.ts');
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
  });

  it('gives a message up at once after an error that no retry can mend', async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker({ retry: RETRY, handle: () => Promise.reject(new TypeError('x is undefined')) });

    await lab.publish(['x']);

    await eventually(async () => expect(await lab.deadLetters()).toHaveLength(1));
    expect(worker.attempts).toEqual([1]);
    const [letter] = await lab.deadLetters();
    expect(letter?.headers).toMatchObject({ 'dlq-reason': 'fatal', 'dlq-attempts': '1' });
  });

  it('gives a message up after its first failure where retry is false', async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker({ retry: false, handle: () => Promise.reject(new Error('no')) });

    await lab.publish(['x']);

    await eventually(async () => expect(await lab.deadLetters()).toHaveLength(1));
    expect(worker.attempts).toEqual([1]);
  });

  it('keeps nothing of what was given up where deadLetter is false', async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker({ retry: false, deadLetter: false, handle: failsFor('bad', new Error('no')) });

    await lab.publish(['bad', 'good']);

    await worker.finished.count(2);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    expect(await lab.deadLetters()).toEqual([]);
    expect(worker.data).toEqual(['bad', 'good']);
  });
}

function noRedeliveryCase(harness: MechanismHarness): void {
  it('does not handle a message again whose handler failed, and goes on with the next', async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker({ handle: failsFor('bad', new Error('no')) });

    await lab.publish(['bad', ...numbers(10)]);

    await worker.finished.count(11);
    expect(worker.data).toEqual(['bad', ...numbers(10)]);
    expect(worker.attempts.every((attempt) => attempt === 1)).toBe(true);
    expect(await lab.redis.keys(`${lab.target}*`)).toEqual([]);
  });
}

export function failureCases(harness: MechanismHarness): void {
  const { redelivery, deadLetters } = harness.capabilities;
  if (redelivery) redeliveryCases(harness);
  else noRedeliveryCase(harness);
  if (deadLetters) deadLetterCases(harness);
}
