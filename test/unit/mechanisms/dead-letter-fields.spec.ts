import { describe, expect, it } from 'vitest';
import { deadLetterFields } from '../../../lib/mechanisms/stream/dead-letter-fields.js';

const facts = { 'dlq-reason': 'fatal' };
const fields = (...list: (Buffer | string)[]): Buffer[] => list.map((field) => Buffer.from(field));

describe('the fields of a dead letter', () => {
  it("keep the entry's own bytes, and put the facts beside its headers", () => {
    const payload = Buffer.from([0xff, 0x00, 0x0a]);
    expect(deadLetterFields(fields('$data', payload, '$headers', '{"t":"x"}'), facts)).toEqual([
      Buffer.from('$data'),
      payload,
      '$headers',
      '{"t":"x","dlq-reason":"fatal"}',
    ]);
  });

  it('keep the fields of a foreign entry, binary names and doubles included', () => {
    const name = Buffer.from([0xfe]);
    expect(deadLetterFields(fields(name, 'a', 'x', '1', 'x', '2'), facts)).toEqual([
      ...fields(name, 'a', 'x', '1', 'x', '2'),
      '$headers',
      '{"dlq-reason":"fatal"}',
    ]);
  });

  it('keep headers that cannot be read as they came', () => {
    const broken = Buffer.from([0x7b, 0xff]);
    expect(deadLetterFields(fields('$data', '1', '$headers', broken), facts)).toEqual([
      ...fields('$data', '1'),
      '$headers-unreadable',
      broken,
      '$headers',
      '{"dlq-reason":"fatal"}',
    ]);
  });

  it('let the facts win over headers of an earlier end', () => {
    const [, , , headers] = deadLetterFields(fields('$data', '1', '$headers', '{"dlq-reason":"exhausted"}'), facts);
    expect(headers).toBe('{"dlq-reason":"fatal"}');
  });
});
