import { BadRequestException } from '@nestjs/common';
import { DeadLetter, Drop, Retry, UndecodableMessageError } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { ACK, COMPLETED, type Outcome, RELEASE, decideSettlement } from '../../../lib/policies/index.js';

const retry = { attempts: 3, backoff: { type: 'exponential', delay: 100 }, fatal: [], retryable: [] } as const;
const keep = { retry, deadLetter: true };
const error = new Error('busy');
const failed: Outcome = { type: 'failed', error };
const fatal = new BadRequestException('bad');
const undecodable = new UndecodableMessageError('message 1');
const decided = (settlement: Extract<Outcome, { type: 'decided' }>['settlement']): Outcome => ({
  type: 'decided',
  settlement,
});

describe('the fate of a message', () => {
  it.each<[string, Outcome, number, object]>([
    ['completed: ack', COMPLETED, 1, ACK],
    ['failed first: retry after the delay', failed, 1, { type: 'retry', delay: 100, error }],
    ['failed again: retry after a longer one', failed, 2, { type: 'retry', delay: 200, error }],
    ['failed at the last attempt: dead letter', failed, 3, { type: 'deadLetter', reason: 'exhausted', error }],
    ['failed beyond it: dead letter', failed, 9, { type: 'deadLetter', reason: 'exhausted', error }],
    ['fatal: dead letter at once', { type: 'failed', error: fatal }, 1, { reason: 'fatal', error: fatal }],
    ['undecodable: so', { type: 'failed', error: undecodable }, 1, { reason: 'undecodable', error: undecodable }],
    ['crashed: dead letter', { type: 'crashed' }, 4, { type: 'deadLetter', reason: 'crashed' }],
    ['decided ack', decided(ACK), 1, ACK],
    ['decided release, also after the last attempt', decided(RELEASE), 3, RELEASE],
    ['Retry', decided(Retry.after(5).settlement), 1, { type: 'retry', delay: 5 }],
    ['Retry at the last attempt', decided(Retry.after(5).settlement), 3, { type: 'deadLetter', reason: 'exhausted' }],
    ['DeadLetter', decided(DeadLetter.because('x').settlement), 1, { reason: 'rejected', detail: 'x' }],
    ['Drop', decided(Drop.because('x').settlement), 1, { type: 'drop', reason: 'x' }],
  ])('is decided: %s', (_, outcome, attempt, settlement) => {
    expect(decideSettlement(keep, outcome, attempt)).toMatchObject(settlement);
  });

  it.each<[string, Outcome, number, object]>([
    ['failed at the last attempt', failed, 3, { type: 'drop', reason: 'exhausted', error }],
    ['fatal', { type: 'failed', error: fatal }, 1, { type: 'drop', reason: 'fatal', error: fatal }],
    ['DeadLetter', decided(DeadLetter.because('why').settlement), 1, { type: 'drop', reason: 'why' }],
    ['still to be retried', failed, 1, { type: 'retry', delay: 100, error }],
  ])('with deadLetter: false is drop instead of dead letter: %s', (_, outcome, attempt, settlement) => {
    expect(decideSettlement({ retry, deadLetter: false }, outcome, attempt)).toEqual(settlement);
  });

  it('with one attempt is never a retry', () => {
    const once = { retry: { ...retry, attempts: 1 }, deadLetter: true };
    expect(decideSettlement(once, failed, 1)).toMatchObject({ reason: 'exhausted' });
    expect(decideSettlement(once, decided(Retry.after(1).settlement), 1)).toMatchObject({ reason: 'exhausted' });
  });

  it('is decided even when the backoff function of the user throws', () => {
    const broken = () => {
      throw new Error('broken backoff');
    };
    const policy = { retry: { ...retry, backoff: broken }, deadLetter: true };
    expect(decideSettlement(policy, failed, 1)).toMatchObject({ type: 'retry', error });
  });
});
