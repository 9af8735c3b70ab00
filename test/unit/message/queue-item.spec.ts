import { describe, expect, it } from 'vitest';
import { decodeQueueItem, encodeQueueItem, jsonCodec, parseQueueItem } from '../../../lib/message/index.js';
import { below, randomBytes, randomHeaders, randomJson, seeded } from '../seeded.js';

const ours = { id: 'job-1', attempts: 0, timestamp: 1_700_000_000_000, headers: '', payload: '{"a":1}' };
function decode(item: Buffer | string) {
  const raw = Buffer.from(item as Buffer);
  return decodeQueueItem(raw, parseQueueItem(raw), jsonCodec);
}

describe('a queue item of ours', () => {
  it('is one line of text, the headers and the payload', () => {
    expect(encodeQueueItem(ours)).toBe('$rf1 job-1 0 1700000000000 0\n{"a":1}');
    expect(encodeQueueItem({ ...ours, attempts: 2, headers: '{"t":"é"}' })).toBe(
      '$rf1 job-1 2 1700000000000 10\n{"t":"é"}{"a":1}',
    );
  });

  it('keeps its payload byte for byte, whatever the bytes', () => {
    const random = seeded(7);
    for (let round = 0; round < 1_000; round += 1) {
      const headers = JSON.stringify(randomHeaders(random) ?? {});
      const payload = randomBytes(random, 60);
      const timestamp = below(random, 2 ** 41) + 1;
      const item = { id: `j${round}`, attempts: below(random, 9), timestamp, headers, payload };
      const raw = Buffer.from(encodeQueueItem(item));
      const lineLength = raw.indexOf('\n') + 1;
      const { payloadStart, ...parsed } = parseQueueItem(raw);
      expect({ ...parsed, payload: raw.subarray(payloadStart) }).toEqual({ ...item, hasCrashed: false, lineLength });
    }
  });

  it('gives back any data and headers', () => {
    const random = seeded(8);
    for (let round = 0; round < 300; round += 1) {
      const data = randomJson(random);
      const headers = randomHeaders(random);
      const encoded = encodeQueueItem({
        ...ours,
        headers: JSON.stringify(headers ?? {}),
        payload: jsonCodec.encode(data),
      });
      expect(decode(encoded)).toEqual({ data, headers: headers ?? {} });
    }
  });

  it('says whether its last attempt never came to an end', () => {
    expect(parseQueueItem(Buffer.from('$rf1 a 2! 0 0\nx'))).toMatchObject({ attempts: 2, hasCrashed: true });
    expect(parseQueueItem(Buffer.from('$rf1 a 2 0 0\nx'))).toMatchObject({ attempts: 2, hasCrashed: false });
  });

  it('throws what is wrong with its payload or its headers', () => {
    expect(() => decode(encodeQueueItem({ ...ours, payload: 'text' }))).toThrow(SyntaxError);
    expect(() => decode(encodeQueueItem({ ...ours, headers: '[]' }))).toThrow(SyntaxError);
  });
});

describe('a queue item of somebody else', () => {
  it.each([
    ['random bytes', randomBytes(seeded(9), 50)],
    ['nothing', Buffer.alloc(0)],
    ['the mark alone', Buffer.from('$rf1 ')],
    ['a line without an end', Buffer.from('$rf1 a 0 0 0')],
    ['another version', Buffer.from('$rf2 a 0 0 0\nx')],
    ['too few words', Buffer.from('$rf1 a 0 0\nx')],
    ['attempts that are no number', Buffer.from('$rf1 a x 0 0\nx')],
    ['an id that is not ASCII', Buffer.from('$rf1 a\u00e9 0 0 0\nx')],
    ['attempts beyond all measure', Buffer.from('$rf1 a 1234567890 0 0\nx')],
    ['negative attempts', Buffer.from('$rf1 a -1 0 0\nx')],
    ['headers that are longer than the item', Buffer.from('$rf1 a 0 0 9\nx')],
    ['an id beyond all measure', Buffer.from(`$rf1 ${'a'.repeat(129)} 0 0 0\nx`)],
    ['a timestamp beyond all measure', Buffer.from('$rf1 a 0 1234567890123456 0\nx')],
    ['a length of headers beyond all measure', Buffer.from(`$rf1 a 0 0 ${'0'.repeat(16)}\nx`)],
    ['an endless line', Buffer.from(`$rf1 ${'a'.repeat(300)} 0 0 0\nx`)],
    ['an upper-case mark', Buffer.from('$RF1 a 0 0 0\nx')],
  ])('is all payload: %s', (_, raw) => {
    expect(parseQueueItem(raw)).toEqual({
      id: undefined,
      attempts: 0,
      hasCrashed: false,
      timestamp: undefined,
      headers: '',
      payloadStart: 0,
      lineLength: 0,
    });
  });

  it.each([
    ['JSON', '{"a":1}', { a: 1 }],
    ['a text', 'hello', 'hello'],
    ['a number', '5', 5],
    ['nothing', '', ''],
  ])('gives its data: %s', (_, raw, data) => {
    expect(decode(raw)).toEqual({ data, headers: {} });
  });

  it('gives bytes where it is not UTF-8', () => {
    expect(decode(Buffer.from([0xff, 0x00])).data).toEqual(Buffer.from([0xff, 0x00]));
  });

  it.each(['{"a":', '[1,', '  {'])('is broken where it starts as JSON and is none: %j', (raw) => {
    expect(() => decode(raw)).toThrow(SyntaxError);
  });

  it('gives the same data after its first attempt, which puts our line before it', () => {
    const attempted = encodeQueueItem({ ...ours, attempts: 1, timestamp: 0, payload: Buffer.from('hello') });
    expect(decode(attempted).data).toBe('hello');
  });
});
