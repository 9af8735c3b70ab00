import { type AckPolicy, type Outcome, Retry, type Settlement, UndecodableMessageError } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { ACK, COMPLETED, RELEASE } from '../../../lib/policies/index.js';
import { RETRY, fateOf, message, saying, source } from './policy-of.js';

const error = new Error('busy');
const failed: Outcome = { type: 'failed', error };
const asked: Outcome = { type: 'decided', settlement: Retry.after(7).settlement };

/** Remembers what it is asked, and leaves it to the others. */
class Listening implements AckPolicy {
  readonly timing = 'after';
  readonly asked: unknown[][] = [];

  decide(...args: unknown[]): undefined {
    this.asked.push(args);
  }
}

describe('an ack policy of the user', () => {
  it('is asked first, with the outcome and what was handled', () => {
    const ack = new Listening();
    fateOf({ ack }, failed, 2);
    fateOf({ ack }, COMPLETED);
    fateOf({ ack }, asked);
    expect(ack.asked).toEqual([
      [failed, { message, attempt: 2, source }],
      [COMPLETED, { message, attempt: 1, source }],
      [asked, { message, attempt: 1, source }],
    ]);
  });

  it('that says nothing leaves it to the retry policy', () => {
    const ack = new Listening();
    expect(fateOf({ ack }, failed)).toEqual({ type: 'retry', delay: 100, error });
    expect(fateOf({ ack }, COMPLETED)).toBe(ACK);
    expect(fateOf({ ack }, asked)).toEqual({ type: 'retry', delay: 7 });
  });

  it.each<[Outcome, Settlement]>([
    [failed, ACK],
    [failed, RELEASE],
    [COMPLETED, { type: 'retry', delay: 60_000 }],
    [COMPLETED, { type: 'deadLetter', reason: 'rejected', detail: 'unpaid' }],
    [asked, { type: 'drop', reason: 'nobody waits' }],
  ])('says what becomes of the message: %o, %o', (outcome, settlement) => {
    expect(fateOf({ ack: saying(settlement) }, outcome)).toEqual(settlement);
  });

  it('is not bounded by the number of attempts', () => {
    expect(fateOf({ ack: saying({ type: 'retry', delay: 5.5 }) }, failed, 99)).toEqual({ type: 'retry', delay: 6 });
  });

  it('holds later messages back where the retry option says so', () => {
    const retry = { ...RETRY, hold: true };
    expect(fateOf({ ack: saying({ type: 'retry', delay: 5 }), retry }, failed)).toMatchObject({ hold: true });
  });

  it('is not asked about what cannot be decoded, nor after a crash', () => {
    const ack = new Listening();
    const undecodable = new UndecodableMessageError('message 1');
    const outcome: Outcome = { type: 'failed', error: undecodable };
    expect(fateOf({ ack }, outcome, 1, { message: undefined })).toMatchObject({ reason: 'undecodable' });
    expect(fateOf({ ack }, outcome)).toMatchObject({ reason: 'undecodable' });
    expect(fateOf({ ack }, { type: 'crashed' }, 3)).toMatchObject({ reason: 'crashed' });
    expect(ack.asked).toEqual([]);
  });

  it('that throws has made the attempt fail, whatever the handler did', () => {
    const broken = new Error('broken policy');
    const ack: AckPolicy = {
      timing: 'after',
      decide: () => {
        throw broken;
      },
    };
    expect(fateOf({ ack }, COMPLETED)).toEqual({ type: 'retry', delay: 100, error: broken });
    expect(fateOf({ ack }, COMPLETED, 3)).toMatchObject({ reason: 'exhausted', error: broken });
  });

  it.each([
    'ack',
    null,
    {},
    { type: 'nack' },
    { type: 'toString' },
    { type: 'retry' },
    { type: 'retry', delay: -1 },
    { type: 'retry', delay: '5' },
    { type: 'deadLetter' },
    { type: 'deadLetter', reason: 'unpaid' },
    { type: 'deadLetter', reason: 'rejected', detail: 5 },
    { type: 'drop' },
    Promise.resolve(ACK),
  ])('that says nothing that could be done has, too: %o', (said) => {
    expect(fateOf({ ack: saying(said) }, COMPLETED)).toMatchObject({
      type: 'retry',
      delay: 100,
      error: { message: expect.stringMatching(/^Object\.decide gave /) },
    });
  });

  it.each<[AckPolicy['timing'], object]>([
    ['before', { type: 'deadLetter', reason: 'exhausted' }],
    ['none', { type: 'drop', reason: 'exhausted' }],
  ])('that acknowledges %s cannot have a message again', (timing, settlement) => {
    expect(fateOf({ ack: saying({ type: 'retry', delay: 5 }, timing) }, failed)).toMatchObject(settlement);
  });
});
