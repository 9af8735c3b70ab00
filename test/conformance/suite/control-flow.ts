import { eventually } from '../../support/eventually.js';
import { DeadLetter, Drop, Retry } from 'nestjs-redis-flow';
import { expect, it } from 'vitest';
import type { MechanismHarness } from '../../support/conformance/harness.js';
import { Lab, type WorkerSpec } from '../../support/conformance/lab.js';

type Handle = NonNullable<WorkerSpec['handle']>;

/** The two ways to say it. */
const WAYS: Readonly<Record<string, (say: Handle) => Handle>> = {
  returned: (say) => (context) => say(context),
  thrown: (say) => (context) => {
    const said = say(context);
    if (said instanceof Error) throw said;
  },
};

/** Says it for the message `bad` only. */
const forBad =
  (say: Handle): Handle =>
  (context) =>
    context.message.data === 'bad' ? say(context) : undefined;

/** Long, so that whatever comes sooner was not the policy's doing. */
const SLOW_RETRY = { attempts: 3, backoff: { type: 'fixed', delay: 60_000 } } as const;

function retryCases(harness: MechanismHarness, how: string, way: (say: Handle) => Handle): void {
  it(`handles a message again after the delay of a Retry that is ${how}`, async () => {
    const lab = await Lab.open(harness);
    const handle = way(({ attempt }) => (attempt === 1 ? Retry.after(150) : undefined));
    const worker = await lab.worker({ retry: SLOW_RETRY, handle });

    await lab.publish(['x']);

    const [first, second] = await worker.finished.count(2);
    expect(worker.attempts).toEqual([1, 2]);
    expect(Number(second?.at) - Number(first?.at)).toBeGreaterThanOrEqual(148);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    expect(await lab.deadLetters()).toEqual([]);
  });

  it(`gives a message up as exhausted when a Retry is ${how} at its last attempt`, async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker({ retry: SLOW_RETRY, handle: way(() => Retry.after(1)) });

    await lab.publish(['x']);

    await eventually(async () => expect(await lab.deadLetters()).toHaveLength(1));
    expect(worker.attempts).toEqual([1, 2, 3]);
    expect((await lab.deadLetters())[0]?.headers).toMatchObject({ 'dlq-reason': 'exhausted', 'dlq-attempts': '3' });
  });
}

function endCases(harness: MechanismHarness, how: string, way: (say: Handle) => Handle): void {
  it(`dead-letters a message with the reason of a DeadLetter that is ${how}`, async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker({ handle: forBad(way(() => DeadLetter.because('the account is closed'))) });

    await lab.publish(['bad', 'good']);

    await worker.finished.count(2);
    const [letter] = await lab.deadLetters();
    expect(letter?.payload.toString()).toBe('"bad"');
    expect(letter?.headers).toMatchObject({
      'dlq-reason': 'rejected',
      'dlq-detail': 'the account is closed',
      'dlq-attempts': '1',
    });
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    expect(worker.attempts).toEqual([1, 1]);
  });

  it(`keeps nothing of a message after a Drop that is ${how}`, async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker({ handle: forBad(way(() => Drop.because('unsubscribed'))) });

    await lab.publish(['bad', 'good']);

    await worker.finished.count(2);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    expect(await lab.deadLetters()).toEqual([]);
    expect(worker.attempts).toEqual([1, 1]);
  });
}

function withoutEffect(harness: MechanismHarness): void {
  const said = { Retry: Retry.after(0), DeadLetter: DeadLetter.because('no'), Drop: Drop.because('no') };
  for (const [name, control] of Object.entries(said)) {
    it(`has nothing to settle: after a ${name} the next message is handled, and that one never again`, async () => {
      const lab = await Lab.open(harness);
      const worker = await lab.worker({ handle: forBad(() => control) });
      const thrower = await lab.worker({ handle: forBad(() => Promise.reject(control)) });

      await lab.publish(['bad', 'good', 'better']);

      await Promise.all([worker.finished.count(3), thrower.finished.count(3)]);
      for (const { data } of [worker, thrower]) expect(data).toEqual(['bad', 'good', 'better']);
    });
  }
}

export function controlFlowCases(harness: MechanismHarness): void {
  const { redelivery, deadLetters } = harness.capabilities;
  if (!redelivery && !deadLetters) return withoutEffect(harness);
  for (const [how, way] of Object.entries(WAYS)) {
    if (redelivery) retryCases(harness, how, way);
    if (deadLetters) endCases(harness, how, way);
  }
}
