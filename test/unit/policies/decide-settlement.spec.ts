import { BadRequestException } from '@nestjs/common';
import { DeadLetter, Drop, type Outcome, Retry, type Settlement, UndecodableMessageError } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { ACK, AckBefore, AckNone, COMPLETED, RELEASE } from '../../../lib/policies/index.js';
import { RETRY, fateOf, saying } from './policy-of.js';

const error = new Error('busy');
const failed: Outcome = { type: 'failed', error };
const crashed: Outcome = { type: 'crashed' };
const fatal = new BadRequestException('bad');
const undecodable = new UndecodableMessageError('message 1');
const decided = (settlement: Settlement): Outcome => ({ type: 'decided', settlement });

describe('the fate of a message', () => {
  it.each<[string, Outcome, number, object]>([
    ['completed: ack', COMPLETED, 1, ACK],
    ['failed first: retry after the delay', failed, 1, { type: 'retry', delay: 100, error }],
    ['failed again: retry after a longer one', failed, 2, { type: 'retry', delay: 200, error }],
    ['failed at the last attempt: dead letter', failed, 3, { type: 'deadLetter', reason: 'exhausted', error }],
    ['failed beyond it: dead letter', failed, 9, { type: 'deadLetter', reason: 'exhausted', error }],
    ['fatal: dead letter at once', { type: 'failed', error: fatal }, 1, { reason: 'fatal', error: fatal }],
    ['undecodable: so', { type: 'failed', error: undecodable }, 1, { reason: 'undecodable', error: undecodable }],
    ['crashed: started now', crashed, 2, { type: 'retry', delay: 0 }],
    ['crashed at the last attempt: dead letter', crashed, 3, { type: 'deadLetter', reason: 'crashed' }],
    ['decided ack', decided(ACK), 1, ACK],
    ['decided release, also after the last attempt', decided(RELEASE), 3, RELEASE],
    ['Retry', decided(Retry.after(5).settlement), 1, { type: 'retry', delay: 5 }],
    ['Retry at the last attempt', decided(Retry.after(5).settlement), 3, { type: 'deadLetter', reason: 'exhausted' }],
    ['DeadLetter', decided(DeadLetter.because('x').settlement), 1, { reason: 'rejected', detail: 'x' }],
    ['Drop', decided(Drop.because('x').settlement), 1, { type: 'drop', reason: 'x' }],
    [
      'a conflict, said by the mechanism',
      decided({ type: 'deadLetter', reason: 'conflict' }),
      1,
      { reason: 'conflict' },
    ],
  ])('is decided: %s', (_, outcome, attempt, settlement) => {
    expect(fateOf({}, outcome, attempt)).toMatchObject(settlement);
  });

  it.each<[string, Outcome, number, object]>([
    ['failed at the last attempt', failed, 3, { type: 'drop', reason: 'exhausted', error }],
    ['fatal', { type: 'failed', error: fatal }, 1, { type: 'drop', reason: 'fatal', error: fatal }],
    ['DeadLetter', decided(DeadLetter.because('why').settlement), 1, { type: 'drop', reason: 'why' }],
    ['crashed too often', crashed, 3, { type: 'drop', reason: 'crashed' }],
    ['still to be retried', failed, 1, { type: 'retry', delay: 100, error }],
  ])('with deadLetter: false is drop instead of dead letter: %s', (_, outcome, attempt, settlement) => {
    expect(fateOf({ deadLetter: false }, outcome, attempt)).toEqual(settlement);
  });

  it('with one attempt is never a retry', () => {
    const once = { retry: { ...RETRY, attempts: 1 } };
    expect(fateOf(once, failed)).toMatchObject({ reason: 'exhausted' });
    expect(fateOf(once, crashed)).toMatchObject({ reason: 'crashed' });
    expect(fateOf(once, decided(Retry.after(1).settlement))).toMatchObject({ reason: 'exhausted' });
  });

  it('is decided even when the backoff function of the user throws', () => {
    const broken = () => {
      throw new Error('broken backoff');
    };
    expect(fateOf({ retry: { ...RETRY, backoff: broken } }, failed)).toMatchObject({ type: 'retry', error });
  });

  it('is the shared ack where the handler has completed', () => {
    expect(fateOf({}, COMPLETED)).toBe(ACK);
  });
});

describe('with hold', () => {
  const holding = { retry: { ...RETRY, hold: true } };

  it.each<[string, Outcome]>([
    ['failed', failed],
    ['asked for', decided(Retry.after(5).settlement)],
  ])('later messages wait for a retry: %s', (_, outcome) => {
    expect(fateOf(holding, outcome)).toMatchObject({ type: 'retry', hold: true });
    expect(fateOf({}, outcome)).not.toHaveProperty('hold');
  });

  it('nobody waits for a message that is given up or started now', () => {
    expect(fateOf(holding, failed, 3)).not.toHaveProperty('hold');
    expect(fateOf(holding, crashed)).toEqual({ type: 'retry', delay: 0 });
  });

  it('a policy or a handler may say that nobody waits', () => {
    expect(fateOf(holding, decided({ type: 'retry', delay: 5, hold: false }))).toMatchObject({ hold: false });
  });
});

describe('with batches', () => {
  it('nobody waits for a retry, whatever a policy says', () => {
    const said = { type: 'retry', delay: 5, hold: true } as const;
    expect(fateOf({ ack: saying(said), isBatch: true }, failed)).toEqual({ ...said, hold: false });
    expect(fateOf({ ack: saying(said) }, failed)).toEqual(said);
  });
});

describe('with ack before the handler', () => {
  const before = { ack: new AckBefore() };

  it.each<[string, Outcome, object]>([
    ['completed is done', COMPLETED, ACK],
    ['a failure goes to the dead letters', failed, { type: 'deadLetter', reason: 'exhausted', error }],
    ['a fatal one says so', { type: 'failed', error: fatal }, { type: 'deadLetter', reason: 'fatal' }],
    ['a Retry goes there, too', decided(Retry.after(5).settlement), { type: 'deadLetter', reason: 'exhausted' }],
    ['so does a release', decided(RELEASE), { type: 'deadLetter', reason: 'rejected' }],
    ['a Drop is dropped', decided(Drop.because('x').settlement), { type: 'drop', reason: 'x' }],
  ])('%s', (_, outcome, settlement) => {
    expect(fateOf(before, outcome)).toMatchObject(settlement);
  });

  it('a message that is there after a crash had not been acknowledged, and is started now', () => {
    expect(fateOf(before, crashed)).toEqual({ type: 'retry', delay: 0 });
    expect(fateOf(before, crashed, 3)).toMatchObject({ type: 'deadLetter', reason: 'crashed' });
  });

  it('and deadLetter: false, a failure is dropped', () => {
    expect(fateOf({ ...before, deadLetter: false }, failed)).toEqual({ type: 'drop', reason: 'exhausted', error });
  });
});

describe('with no ack at all', () => {
  it.each<[string, Outcome, object]>([
    ['completed is done', COMPLETED, ACK],
    ['a failure is dropped', failed, { type: 'drop', reason: 'exhausted', error }],
    ['a Retry is', decided(Retry.after(5).settlement), { type: 'drop', reason: 'exhausted' }],
    ['a release is', decided(RELEASE), { type: 'drop', reason: 'released, and nothing was left to hand back' }],
    ['a DeadLetter is', decided(DeadLetter.because('why').settlement), { type: 'drop', reason: 'why' }],
  ])('%s', (_, outcome, settlement) => {
    expect(fateOf({ ack: new AckNone() }, outcome)).toMatchObject(settlement);
  });
});
