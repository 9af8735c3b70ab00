import { eventually } from '../../support/eventually.js';
import { expect, it } from 'vitest';
import type { MechanismHarness } from '../../support/conformance/harness.js';
import { Lab } from '../../support/conformance/lab.js';

const circular: Record<string, unknown> = {};
circular['self'] = circular;

class SilentError extends Error {
  override readonly message = undefined as unknown as string;
}

/** What JavaScript lets a handler throw, by a name for the test. */
const THROWN: Readonly<Record<string, unknown>> = {
  'a text': 'text',
  'an empty text': '',
  undefined,
  null: null,
  'a number': 0,
  'a bigint': 10n,
  'a symbol': Symbol('thrown'),
  'a function': () => 'thrown',
  'an object that refers to itself': circular,
  'an object without a prototype': Object.create(null),
  'a frozen error': Object.freeze(new Error('frozen')),
  'an error without a message': new SilentError(),
  'an error whose cause is itself': Object.assign(new Error('cause'), { cause: circular }),
};

function backoffCase(harness: MechanismHarness): void {
  it('survives a backoff that throws: the message is not lost', async () => {
    const lab = await Lab.open(harness);
    const backoff = (): number => {
      throw new Error('the backoff is broken');
    };
    const worker = await lab.worker({
      retry: { attempts: 2, backoff },
      handle: ({ message }) => (message.data === 'bad' ? Promise.reject(new Error('no')) : undefined),
    });

    await lab.publish(['bad', 'good']);

    await eventually(async () => expect(await lab.deadLetters()).toHaveLength(1));
    await worker.finished.until((items) => items.some(({ data }) => data === 'good'));
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
  });
}

export function thrownCases(harness: MechanismHarness): void {
  const { redelivery, deadLetters } = harness.capabilities;

  for (const [name, thrown] of Object.entries(THROWN)) {
    it(`survives a handler that throws ${name}`, async () => {
      const lab = await Lab.open(harness);
      const worker = await lab.worker({
        retry: { attempts: 2, backoff: { type: 'fixed', delay: 1 } },
        handle: ({ message }) => (message.data === 'bad' ? Promise.reject(thrown as Error) : undefined),
      });

      await lab.publish(['bad', 'good']);

      await worker.finished.count(redelivery ? 3 : 2);
      expect(worker.data).toContain('good');
      if (!deadLetters) return;
      await eventually(async () => expect(await lab.deadLetters()).toHaveLength(1));
      const [letter] = await lab.deadLetters();
      expect(letter?.payload.toString()).toBe('"bad"');
      expect(letter?.headers).toMatchObject({ 'dlq-reason': 'exhausted', 'dlq-attempts': '2' });
      await eventually(async () => expect(await lab.unsettled()).toBe(0));
    });
  }

  if (redelivery) backoffCase(harness);
}
