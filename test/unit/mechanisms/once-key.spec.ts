import { describe, expect, it } from 'vitest';
import { onceKeyOf } from '../../../lib/mechanisms/held/once-key.js';
import { IDEMPOTENCY_KEY_HEADER, type Message } from '../../../lib/message/index.js';

const messageOf = (headers: Record<string, string>): Message => {
  const source = { mechanism: 'queue', key: 'jobs', consumer: 'me' } as const;
  return { id: 'the id', data: {}, headers, source, timestamp: 1 };
};

describe("what 'once' knows a message by", () => {
  it.each([
    ['what the function gives', 'own', 'given', 'given'],
    ['a number that the function gives', 'own', 0, '0'],
    ['the header where the function gives nothing', 'own', undefined, 'own'],
    ['the header where there is no function', 'own', undefined, 'own'],
    ['the id where the header is empty', '', undefined, 'the id'],
  ])('is %s', (_, header, given, key) => {
    expect(onceKeyOf(messageOf({ [IDEMPOTENCY_KEY_HEADER]: header }), () => given as never)).toBe(key);
  });

  it('is the id where there is neither', () => {
    expect(onceKeyOf(messageOf({}), undefined)).toBe('the id');
  });

  it.each([[''], [NaN], [{}], [Symbol('x')], [Promise.resolve('x')]])('is never %o', (given) => {
    expect(() => onceKeyOf(messageOf({}), () => given as never)).toThrow(/option "ack.once.key" gave/);
  });
});
