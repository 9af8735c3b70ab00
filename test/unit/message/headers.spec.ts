import { UnencodableMessageError } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { NO_HEADERS, decodeHeaders, encodeHeaders, normaliseHeaders } from '../../../lib/message/index.js';
import { randomHeaders, seeded } from '../seeded.js';

const circular: Record<string, unknown> = {};
circular['self'] = circular;

describe('headers', () => {
  it('are the same after their way over the wire', () => {
    const random = seeded(2);
    for (let round = 0; round < 300; round += 1) {
      const headers = randomHeaders(random) ?? {};
      const text = encodeHeaders(headers);
      expect(text === undefined ? {} : decodeHeaders(text)).toEqual(headers);
    }
  });

  it('give every value its text: strings as they are, anything else as JSON', () => {
    const headers = {
      text: 'a',
      number: 1,
      flag: true,
      nothing: null,
      list: [1, 'b'],
      deep: { x: 1 },
      gone: undefined,
    };
    expect(normaliseHeaders(headers)).toEqual({
      text: 'a',
      number: '1',
      flag: 'true',
      nothing: 'null',
      list: '[1,"b"]',
      deep: '{"x":1}',
    });
  });

  it.each([
    ['undefined', undefined],
    ['an empty object', {}],
    ['only undefined values', { a: undefined } as unknown as Record<string, string>],
  ])('write nothing for %s', (_, headers) => {
    expect(encodeHeaders(headers)).toBeUndefined();
  });

  it('share one frozen object where there are none', () => {
    expect(normaliseHeaders({})).toBe(NO_HEADERS);
    expect(NO_HEADERS).toSatisfy(Object.isFrozen);
  });

  it('keep a header named __proto__ as a header', () => {
    const headers = decodeHeaders('{"__proto__":"x","a":"b"}');
    expect(Object.entries(headers)).toEqual([
      ['__proto__', 'x'],
      ['a', 'b'],
    ]);
  });

  it.each([
    ['a list', ['a']],
    ['a text', 'a'],
    ['null', null],
  ])('refuse %s in their place', (_, headers) => {
    expect(() => encodeHeaders(headers as unknown as Record<string, string>)).toThrow(
      new UnencodableMessageError('"headers" must be an object of strings'),
    );
  });

  it.each([
    ['a bigint', 1n],
    ['a circular object', circular],
  ])('refuse %s as a value', (_, value) => {
    expect(() => encodeHeaders({ a: value } as unknown as Record<string, string>)).toThrow(UnencodableMessageError);
  });

  it.each(['[]', 'null', '"a"', '1', '{', ''])('are not read from %j', (text) => {
    expect(() => decodeHeaders(text)).toThrow(SyntaxError);
  });
});
