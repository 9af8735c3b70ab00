import { UnencodableMessageError } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { type Codec, decodeStreamEntry, encodeStreamEntry, jsonCodec } from '../../../lib/message/index.js';
import { randomBytes, randomHeaders, randomJson, seeded } from '../seeded.js';

const asRedisGivesIt = (fields: readonly (Buffer | string)[]): Buffer[] => fields.map((field) => Buffer.from(field));
const raw: Codec = { encode: (data) => data as Buffer, decode: (bytes) => Buffer.from(bytes) };

describe('a stream entry of ours', () => {
  it('is $data with the payload, and $headers only where there are any', () => {
    expect(encodeStreamEntry({ a: 1 }, jsonCodec)).toEqual(['$data', '{"a":1}']);
    expect(encodeStreamEntry(1, jsonCodec, { t: 'x' })).toEqual(['$data', '1', '$headers', '{"t":"x"}']);
  });

  it('gives back any data and headers', () => {
    const random = seeded(3);
    for (let round = 0; round < 300; round += 1) {
      const data = randomJson(random);
      const headers = randomHeaders(random);
      const fields = asRedisGivesIt(encodeStreamEntry(data, jsonCodec, headers));
      expect(decodeStreamEntry(fields, jsonCodec)).toEqual({ data, headers: headers ?? {} });
    }
  });

  it('keeps the bytes of a binary codec', () => {
    const random = seeded(4);
    for (let round = 0; round < 300; round += 1) {
      const data = randomBytes(random, 40);
      expect(decodeStreamEntry(asRedisGivesIt(encodeStreamEntry(data, raw)), raw).data).toEqual(data);
    }
  });

  it('throws what is wrong with its payload or its headers', () => {
    const fields = (...list: string[]) => list.map((field) => Buffer.from(field));
    expect(() => decodeStreamEntry(fields('$data', '{'), jsonCodec)).toThrow(SyntaxError);
    expect(() => decodeStreamEntry(fields('$data', '1', '$headers', '[]'), jsonCodec)).toThrow(SyntaxError);
  });
});

describe('a stream entry of somebody else', () => {
  const decode = (...fields: (Buffer | string)[]) => decodeStreamEntry(asRedisGivesIt(fields), jsonCodec);

  it('gives a flat object of its fields, text as strings and other bytes as bytes', () => {
    const bytes = Buffer.from([0xc3, 0x28]);
    expect(decode('name', 'Ada', 'n', '1', 'bin', bytes, 'empty', '')).toEqual({
      data: { name: 'Ada', n: '1', bin: bytes, empty: '' },
      headers: {},
    });
  });

  it('keeps a field named __proto__ as a field', () => {
    const { data } = decode('__proto__', 'x', 'constructor', 'y');
    expect(Object.entries(data as object)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
  });

  it('may carry $headers without $data', () => {
    expect(decode('a', '1', '$headers', '{"t":"x"}')).toEqual({ data: { a: '1' }, headers: { t: 'x' } });
  });

  it('lets the last of two equal fields win', () => {
    expect(decode('a', '1', 'a', '2').data).toEqual({ a: '2' });
  });
});

describe("format 'fields'", () => {
  const encode = (data: unknown, headers?: Record<string, string>) =>
    encodeStreamEntry(data, jsonCodec, headers, 'fields');

  it('writes strings and bytes as they are and anything else as JSON', () => {
    const bytes = Buffer.from([0xff]);
    const data = { text: 'a', bytes, number: 1, flag: false, none: null, list: [1], gone: undefined };
    expect(encode(data, { t: 'x' })).toEqual(
      ['text', 'a', 'bytes', bytes, 'number', '1', 'flag', 'false', 'none', 'null', 'list', '[1]'].concat([
        '$headers',
        '{"t":"x"}',
      ] as never[]),
    );
  });

  it.each([
    ['a text', 'a'],
    ['a number', 1],
    ['null', null],
    ['a list', [1]],
    ['bytes', Buffer.from('a')],
    ['an object without fields', {}],
    ['an object of undefined', { a: undefined }],
  ])('refuses %s', (_, data) => {
    expect(() => encode(data)).toThrow(
      new UnencodableMessageError("format 'fields' takes an object with at least one field"),
    );
  });

  it.each([
    ['a function', () => 1, 'The message cannot be encoded: field "a" is a function'],
    ['a bigint', 1n, 'The message cannot be encoded: field "a"'],
  ])('refuses %s as a value and names the field', (_, value, text) => {
    expect(() => encode({ a: value })).toThrow(UnencodableMessageError);
    expect(() => encode({ a: value })).toThrow(text);
  });
});
