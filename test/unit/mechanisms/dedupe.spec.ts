import { describe, expect, it } from 'vitest';
import { dedupeOf, digestOf, withIdempotencyKey } from '../../../lib/mechanisms/stream/dedupe.js';

describe('the digest of a payload', () => {
  it('is the same for the same bytes, as text or as a buffer', () => {
    expect(digestOf(['$data', 'é'])).toBe(digestOf(['$data', Buffer.from('é')]));
  });

  it.each([
    [
      ['a', 'bc'],
      ['ab', 'c'],
    ],
    [['a', ''], ['a']],
    [
      ['1:', 'a'],
      ['1', ':a'],
    ],
  ])('tells %j from %j', (one, other) => {
    expect(digestOf(one)).not.toBe(digestOf(other));
  });

  it('has no space, which ends an id', () => {
    expect(digestOf(['x'])).toMatch(/^[\w-]{43}$/);
  });
});

describe('a dedupe option', () => {
  it.each([
    ['nothing', undefined, undefined],
    ['a key', 'x', { key: 'x', window: 86_400_000 }],
    ['a key as an object', { key: 'x' }, { key: 'x', window: 86_400_000 }],
    ['a window', { key: 'x', window: 5 }, { key: 'x', window: 5 }],
  ])('is filled in: %s', (_, given, resolved) => {
    expect(dedupeOf(given)).toEqual(resolved);
  });
});

describe('the idempotency key', () => {
  it('joins the headers, unless it is there', () => {
    expect(withIdempotencyKey(undefined, 'x')).toEqual({ 'idempotency-key': 'x' });
    expect(withIdempotencyKey({ a: 'b' }, 'x')).toEqual({ a: 'b', 'idempotency-key': 'x' });
    const own = { 'idempotency-key': 'mine' };
    expect(withIdempotencyKey(own, 'x')).toBe(own);
  });
});
