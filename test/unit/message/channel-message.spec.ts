import { describe, expect, it } from 'vitest';
import {
  type Codec,
  decodeChannelMessage,
  encodeChannelMessage,
  jsonCodec,
  notificationIdOf,
} from '../../../lib/message/index.js';
import { randomBytes, randomHeaders, randomJson, seeded } from '../seeded.js';

const raw: Codec = { encode: (data) => data as Buffer, decode: (bytes) => Buffer.from(bytes) };
/** Its text is JSON, and means something else than JSON says. */
const boxed: Codec = {
  encode: (data) => JSON.stringify({ box: data }),
  decode: (bytes) => (JSON.parse(bytes.toString()) as { box: unknown }).box,
};

const roundTrip = (data: unknown, codec: Codec, headers?: Record<string, string>) =>
  decodeChannelMessage(Buffer.from(encodeChannelMessage(data, codec, headers)), codec);

describe('a channel message of ours', () => {
  it('is the payload itself, and an envelope only with headers', () => {
    expect(encodeChannelMessage({ a: 1 }, jsonCodec)).toBe('{"a":1}');
    expect(encodeChannelMessage({ a: 1 }, jsonCodec, {})).toBe('{"a":1}');
    expect(encodeChannelMessage({ a: 1 }, jsonCodec, { t: 'x' })).toBe('{"$data":{"a":1},"$headers":{"t":"x"}}');
  });

  it('puts a binary payload with headers into the envelope as $base64', () => {
    expect(encodeChannelMessage(Buffer.from([0, 255]), raw, { t: 'x' })).toBe(
      '{"$base64":"AP8=","$headers":{"t":"x"}}',
    );
  });

  it('gives back any data and headers', () => {
    const random = seeded(5);
    for (let round = 0; round < 500; round += 1) {
      const data = randomJson(random);
      const headers = randomHeaders(random);
      expect(roundTrip(data, jsonCodec, headers)).toEqual({ data, headers: headers ?? {} });
    }
  });

  it('gives back the bytes of a binary codec', () => {
    const random = seeded(6);
    for (let round = 0; round < 500; round += 1) {
      const data = randomBytes(random, 40);
      const headers = randomHeaders(random);
      expect(roundTrip(data, raw, headers)).toEqual({ data, headers: headers ?? {} });
    }
  });

  it('goes through its codec also inside of an envelope', () => {
    expect(roundTrip({ a: 1 }, boxed)).toEqual({ data: { a: 1 }, headers: {} });
    expect(roundTrip({ a: 1 }, boxed, { t: 'x' })).toEqual({ data: { a: 1 }, headers: { t: 'x' } });
  });

  it.each([
    [{ $data: 1, $headers: {} }],
    [{ $data: 1, $headers: { t: 'x' } }],
    [{ $headers: { t: 'x' }, $data: null }],
    [{ $base64: 'AP8=', $headers: {} }],
  ])('gives back data that looks like an envelope: %j', (data) => {
    expect(roundTrip(data, jsonCodec)).toEqual({ data, headers: {} });
    expect(roundTrip(data, jsonCodec, { own: 'y' })).toEqual({ data, headers: { own: 'y' } });
  });
});

describe('a channel message of somebody else', () => {
  const decode = (message: Buffer | string) => decodeChannelMessage(Buffer.from(message), jsonCodec);

  it.each([
    ['JSON', '{"a":1}', { a: 1 }],
    ['a text', 'hello', 'hello'],
    ['an empty message', '', ''],
    ['broken JSON', '{"a":', '{"a":'],
    ['a broken envelope', '{"$data":1,"$headers":', '{"$data":1,"$headers":'],
    ['$data without headers', '{"$data":1}', { $data: 1 }],
    ['headers without $data', '{"$headers":{}}', { $headers: {} }],
    ['headers that are no object', '{"$data":1,"$headers":"x"}', { $data: 1, $headers: 'x' }],
    ['$base64 that is no text', '{"$base64":1,"$headers":{}}', { $base64: 1, $headers: {} }],
  ])('arrives as its data: %s', (_, message, data) => {
    expect(decode(message)).toEqual({ data, headers: {} });
  });

  it('arrives as bytes where it is not UTF-8', () => {
    const bytes = Buffer.from([0x7b, 0x22, 0x24, 0xff]);
    expect(decode(bytes).data).toEqual(bytes);
  });

  it('gives headers that are no texts as their JSON', () => {
    expect(decode('{"$data":1,"$headers":{"n":5,"o":{"x":1}}}').headers).toEqual({ n: '5', o: '{"x":1}' });
  });
});

describe('the id of a notification', () => {
  it.each([
    ['{"$id":"5-1","$data":1,"$headers":{}}', '5-1'],
    ['{"$id":"5-1","$base64":"AA==","$headers":{}}', '5-1'],
    ['{"$data":1,"$headers":{}}', undefined],
    ['{"$id":"5-1","$data":1}', undefined],
    ['{"$id":"x","$data":1,"$headers":{}}', undefined],
    ['{"$id":"5-1"', undefined],
    ['', undefined],
  ])('of %s is %s', (text, id) => {
    expect(notificationIdOf(Buffer.from(text))).toBe(id);
  });

  it('is not taken from data that only looks like one', () => {
    const bytes = Buffer.from(encodeChannelMessage({ $id: '5-1', $data: 1, $headers: {} }, jsonCodec));
    expect(notificationIdOf(bytes)).toBeUndefined();
  });
});
