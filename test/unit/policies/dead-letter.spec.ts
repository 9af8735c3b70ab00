import { DEAD_LETTER_HEADERS, type DeadLetterReason, type Source } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { deadLetterHeaders } from '../../../lib/policies/index.js';

const source: Source = { mechanism: 'stream', key: 'orders', group: 'pay', consumer: 'c1' };
const from = { id: '1-0', source, attempt: 3, timestamp: 1_700_000_000_000 };
const headersOf = (error: unknown, reason: DeadLetterReason = 'exhausted') =>
  deadLetterHeaders({ type: 'deadLetter', reason, error }, from);

describe('the headers of a dead letter', () => {
  it('say why, from where, and what was thrown', () => {
    const error = Object.assign(new TypeError('no such method'), { code: 'E_METHOD', stack: 'TypeError: …\n  at x' });
    expect(headersOf(error, 'fatal')).toEqual({
      'dlq-reason': 'fatal',
      'dlq-id': '1-0',
      'dlq-source': 'orders',
      'dlq-group': 'pay',
      'dlq-consumer': 'c1',
      'dlq-attempts': '3',
      'dlq-first-at': '1700000000000',
      'dlq-error-class': 'TypeError',
      'dlq-error-message': 'no such method',
      'dlq-error-code': 'E_METHOD',
      'dlq-error-stack': 'TypeError: …\n  at x',
    });
  });

  it('say what the handler said, and nothing about errors where there was none', () => {
    const queue = { ...from, source: { mechanism: 'queue', key: 'jobs' } } as const;
    const settlement = { type: 'deadLetter', reason: 'rejected', detail: 'closed' } as const;
    expect(deadLetterHeaders(settlement, queue)).toEqual({
      'dlq-reason': 'rejected',
      'dlq-detail': 'closed',
      'dlq-id': '1-0',
      'dlq-source': 'jobs',
      'dlq-attempts': '3',
      'dlq-first-at': '1700000000000',
    });
  });

  it('do not count an attempt that a crashed message was spared', () => {
    expect(headersOf(undefined, 'crashed')).toMatchObject({ 'dlq-attempts': '2' });
  });

  it('are bounded, however long the texts are', () => {
    const long = 'x'.repeat(100_000);
    const error = Object.assign(new Error(long), { stack: long });
    const headers = deadLetterHeaders({ type: 'deadLetter', reason: 'rejected', detail: long, error }, from);
    expect(headers[DEAD_LETTER_HEADERS.detail]).toBe(`${'x'.repeat(1_000)}…`);
    expect(headers[DEAD_LETTER_HEADERS.errorMessage]).toHaveLength(1_001);
    expect(headers[DEAD_LETTER_HEADERS.errorStack]).toHaveLength(4_001);
  });

  it.each([
    ['a text', 'busy', 'string', 'busy'],
    ['an object', { a: 1 }, 'object', '{ a: 1 }'],
    ['null', null, 'object', 'null'],
    ['a bigint', 1n, 'bigint', '1n'],
  ])('can tell of %s that was thrown', (_, thrown, type, text) => {
    expect(headersOf(thrown)).toMatchObject({ 'dlq-error-class': type, 'dlq-error-message': text });
  });

  it('can tell of an error whose message and stack are no texts', () => {
    const odd = Object.assign(new Error('x'), { message: { reason: 'x' }, stack: 5, code: {} });
    const headers = headersOf(odd);
    expect(Object.values(headers).every((value) => typeof value === 'string')).toBe(true);
    expect(headersOf(Object.assign(new Error('x'), { message: undefined }))).toMatchObject({
      'dlq-error-class': 'Error',
    });
  });

  it('take numeric codes, too', () => {
    expect(headersOf(Object.assign(new Error('x'), { code: 42 }))).toMatchObject({ 'dlq-error-code': '42' });
  });
});
