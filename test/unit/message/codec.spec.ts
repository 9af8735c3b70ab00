import { UnencodableMessageError } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { type Codec, encodeData, jsonCodec } from '../../../lib/message/index.js';
import { randomJson, seeded } from '../seeded.js';

const circular: Record<string, unknown> = {};
circular['self'] = circular;

describe('the JSON codec', () => {
  it('gives back whatever JSON can hold', () => {
    const random = seeded(1);
    for (let round = 0; round < 500; round += 1) {
      const data = randomJson(random);
      expect(jsonCodec.decode(Buffer.from(jsonCodec.encode(data)))).toEqual(data);
    }
  });

  it('keeps a field named __proto__ as a field', () => {
    const decoded = jsonCodec.decode(Buffer.from('{"__proto__":{"admin":true}}')) as object;
    expect(Object.hasOwn(decoded, '__proto__')).toBe(true);
    expect(decoded).not.toHaveProperty('admin');
  });

  it.each([
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'the bytes are not UTF-8'],
    ['no bytes at all', Buffer.alloc(0), 'Unexpected end of JSON input'],
  ])('does not decode %s', (_, bytes, why) => {
    expect(() => jsonCodec.decode(bytes)).toThrow(new SyntaxError(why));
  });
});

describe('encoding data', () => {
  it.each([
    ['undefined', undefined, 'undefined has no JSON form'],
    ['a function', () => 1, 'function has no JSON form'],
    ['a symbol', Symbol('x'), 'symbol has no JSON form'],
    ['a bigint', 1n, 'Do not know how to serialize a BigInt'],
    ['a circular object', circular, 'Converting circular structure to JSON'],
  ])('refuses %s and says why, with the codec error as the cause', (_, data, why) => {
    expect(() => encodeData(data, jsonCodec)).toThrow(UnencodableMessageError);
    expect(() => encodeData(data, jsonCodec)).toThrow(`The message cannot be encoded: ${why}`);
    expect(() => encodeData(data, jsonCodec)).toThrow(
      expect.objectContaining({ code: 'UNENCODABLE_MESSAGE', cause: expect.any(TypeError) }),
    );
  });

  it('turns anything that a codec throws into UnencodableMessageError', () => {
    const codec: Codec = {
      encode() {
        throw 'no schema';
      },
      decode: (bytes) => bytes,
    };
    expect(() => encodeData({}, codec)).toThrow('The message cannot be encoded: no schema');
  });

  it('takes plain bytes of a codec for what they are', () => {
    const codec = { encode: () => new Uint8Array([0, 255]), decode: (bytes: Buffer) => bytes } as unknown as Codec;
    expect(encodeData({}, codec)).toEqual(Buffer.from([0, 255]));
  });

  it.each([
    ['undefined', undefined],
    ['a number', 1],
    ['a promise', Promise.resolve('x')],
  ])('refuses %s from a codec, which would be sent as something else', (_, result) => {
    const codec = { encode: () => result, decode: (bytes: Buffer) => bytes } as unknown as Codec;
    expect(() => encodeData({}, codec)).toThrow(UnencodableMessageError);
  });
});
