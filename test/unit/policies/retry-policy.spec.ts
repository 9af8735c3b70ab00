import {
  HandlerCrashedError,
  type HandlerFailure,
  type Outcome,
  Retry,
  type RetryPolicy,
  UndecodableMessageError,
} from 'nestjs-redis-flow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACK, COMPLETED, RELEASE } from '../../../lib/policies/index.js';
import { deciding, fateOf, message, source } from './policy-of.js';

const error = new TypeError('busy');
const failed: Outcome = { type: 'failed', error };
const crashed: Outcome = { type: 'crashed' };
const asked: Outcome = { type: 'decided', settlement: Retry.after(7).settlement };

/** Remembers what it is asked. */
class Listening implements RetryPolicy {
  readonly asked: HandlerFailure[] = [];

  decide(failure: HandlerFailure) {
    this.asked.push(failure);
    return { retryAfter: 5.4 };
  }
}

describe('a retry policy of the user', () => {
  it('alone decides, also about errors that are fatal by default and about many attempts', () => {
    const policy = new Listening();
    expect(fateOf({ retry: policy }, failed, 99)).toEqual({ type: 'retry', delay: 5, error });
    expect(policy.asked).toEqual([{ error, attempt: 99, message, source }]);
  });

  it.each([
    [{ deadLetter: 'ten days' }, { type: 'deadLetter', reason: 'exhausted', detail: 'ten days', error }],
    [{ drop: 'nobody waits' }, { type: 'drop', reason: 'nobody waits', error }],
    [{ retryAfter: 0 }, { type: 'retry', delay: 0, error }],
    [
      { retryAfter: undefined, deadLetter: 'x', drop: undefined },
      { reason: 'exhausted', detail: 'x' },
    ],
    [
      { retryAfter: 5, deadLetter: undefined },
      { type: 'retry', delay: 5 },
    ],
  ])('gives a message up or not: %o', (said, settlement) => {
    expect(fateOf({ retry: deciding(said) }, failed)).toMatchObject(settlement);
  });

  it('is not asked where the handler has completed, or has decided something else', () => {
    const policy = new Listening();
    expect(fateOf({ retry: policy }, COMPLETED)).toBe(ACK);
    expect(fateOf({ retry: policy }, { type: 'decided', settlement: RELEASE })).toBe(RELEASE);
    expect(policy.asked).toEqual([]);
  });

  it('is not asked about what cannot be decoded', () => {
    const policy = new Listening();
    const undecodable = new UndecodableMessageError('message 1');
    const outcome: Outcome = { type: 'failed', error: undecodable };
    const dead = { type: 'deadLetter', reason: 'undecodable', error: undecodable };
    expect(fateOf({ retry: policy }, outcome, 1, { message: undefined })).toEqual(dead);
    expect(fateOf({ retry: policy }, outcome)).toEqual(dead);
    expect(fateOf({ retry: policy }, crashed, 1, { message: undefined })).toMatchObject({ reason: 'crashed' });
    expect(policy.asked).toEqual([]);
  });

  it.each([{}, { retryAfter: -1 }, { retryAfter: Number.NaN }, { retryAfter: '5' }, 5, undefined, null, { drop: 5 }])(
    'that decides nothing has its message retried after a second: %o',
    (said) => {
      const fate = fateOf({ retry: deciding(said) }, failed);
      expect(fate).toMatchObject({ type: 'retry', delay: 1_000 });
      expect((fate as { error: Error }).error.message).toMatch(
        /^TypeError: busy; and its retry policy failed \(Error: Object\.decide gave .+, no decision\)$/,
      );
    },
  );

  it('that throws does, too, and both errors are told', () => {
    const cause = new Error('no calendar');
    class Broken implements RetryPolicy {
      decide(): never {
        throw cause;
      }
    }
    expect(fateOf({ retry: new Broken() }, failed)).toEqual({
      type: 'retry',
      delay: 1_000,
      error: new Error('TypeError: busy; and its retry policy failed (Error: no calendar)', { cause }),
    });
  });
});

describe('a handler that asks for a retry itself', () => {
  it('chooses the delay', () => {
    const policy = new Listening();
    expect(fateOf({ retry: policy }, asked)).toEqual({ type: 'retry', delay: 7 });
    expect(policy.asked).toMatchObject([{ error: undefined, attempt: 1 }]);
  });

  it('is bounded by the policy', () => {
    expect(fateOf({ retry: deciding({ deadLetter: 'enough' }) }, asked)).toMatchObject({ detail: 'enough' });
    expect(fateOf({ retry: deciding({ drop: 'enough' }) }, asked)).toMatchObject({ type: 'drop', reason: 'enough' });
  });

  it('chooses the delay also where the policy fails', () => {
    expect(fateOf({ retry: deciding('soon') }, asked)).toEqual({ type: 'retry', delay: 7 });
  });
});

describe('a retry policy of the user, after a crash,', () => {
  it('is asked with an error that says so, and a retry starts now', () => {
    const policy = new Listening();
    expect(fateOf({ retry: policy }, crashed, 2)).toEqual({ type: 'retry', delay: 0 });
    expect(policy.asked).toEqual([{ error: expect.any(HandlerCrashedError), attempt: 2, message, source }]);
    expect(String(policy.asked[0]?.error)).toContain('message 1-0 of stream "orders"');
  });

  it('gives the message up as crashed', () => {
    expect(fateOf({ retry: deciding({ deadLetter: 'kills' }) }, crashed)).toMatchObject({
      type: 'deadLetter',
      reason: 'crashed',
      detail: 'kills',
    });
    expect(fateOf({ retry: deciding({ drop: 'kills' }) }, crashed)).toMatchObject({ type: 'drop', reason: 'kills' });
  });
});

describe('a policy that answers with a promise', () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  beforeAll(() => void process.on('unhandledRejection', note));
  afterAll(() => void process.off('unhandledRejection', note));

  it('is told so, and its rejection ends nothing', async () => {
    const fate = fateOf({ retry: deciding(Promise.reject(new Error('late'))) }, failed);
    expect(fate).toMatchObject({ type: 'retry', delay: 1_000 });
    expect((fate as { error: Error }).error.message).toContain('Object.decide gave a promise; it must answer at once');
    await new Promise(setImmediate);
    expect(unhandled).toEqual([]);
  });
});
