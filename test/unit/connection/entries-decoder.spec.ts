import { describe, expect, it } from 'vitest';
import { EntriesDecoder } from '../../../lib/connection/entries-decoder.js';
import { ReplyError } from '../../../lib/connection/reply-error.js';
import { RespDecoder } from '../../../lib/connection/resp-decoder.js';
import { type Entry, entriesOf } from '../../../lib/connection/stream-entries.js';
import { below, randomBytes, seeded } from '../seeded.js';
import { PROTOCOLS, RESP2, blob, cut, decodeAll, push, wire } from './replies.js';

type Random = () => number;

const text = (value: string): Buffer => blob('$', Buffer.from(value));
const newDecoder = (): EntriesDecoder => new EntriesDecoder(new RespDecoder());
const decode = (chunks: readonly Buffer[]): Entry[][] => decodeAll(newDecoder(), chunks) as Entry[][];

function randomEntry(random: Random, protocol: number): Buffer {
  const none = protocol === RESP2 ? '*-1\r\n' : '_\r\n';
  const chance = random();
  if (chance < 0.05) return wire(none);
  const id = text(`${below(random, 1_000_000)}-${below(random, 100)}`);
  if (chance < 0.1) return wire('*2\r\n', id, none);
  const names = Array.from({ length: below(random, 4) }, () => (random() < 0.5 ? '$data' : '$datum'));
  const fields = names.flatMap((name) => [text(name), blob('$', randomBytes(random, 300))]);
  // As Redis 8.4 replies to a read that claims.
  const [length, more] = chance < 0.15 ? [4, wire(':5\r\n:1\r\n')] : [2, wire()];
  return wire(`*${length}\r\n`, id, `*${fields.length}\r\n`, ...fields, more);
}

function randomRead(random: Random, protocol: number): Buffer {
  if (random() < 0.1) return wire(protocol === RESP2 ? '*-1\r\n' : '_\r\n');
  const entries = Array.from({ length: below(random, 6) }, () => randomEntry(random, protocol));
  const unasked = protocol !== RESP2 && random() < 0.2 ? push(random) : '';
  const head = protocol === RESP2 ? '*1\r\n*2\r\n' : '%1\r\n';
  return wire(unasked, head, text('a key'), `*${entries.length}\r\n`, ...entries);
}

describe('the entries of a read', () => {
  it.each([
    ['RESP2', '*1\r\n*2\r\n'],
    ['RESP3', '%1\r\n'],
  ])('come with their id and fields from %s', (_, head) => {
    const entry = wire('*2\r\n', text('1-2'), '*2\r\n', text('$data'), text('"x"'));
    expect(decode([wire(head, text('key'), '*1\r\n', entry)])).toEqual([
      [{ id: '1-2', fields: [Buffer.from('$data'), Buffer.from('"x"')] }],
    ]);
  });

  it.each(PROTOCOLS)('are those of the general decoder in RESP%i, wherever the replies are cut', (protocol) => {
    const random = seeded(10 + protocol);
    for (let round = 0; round < 400; round += 1) {
      const replies = Array.from({ length: 1 + below(random, 3) }, () => randomRead(random, protocol));
      const expected = decodeAll(new RespDecoder(), [wire(...replies)]).map(entriesOf);
      expect(decode(cut(random, wire(...replies)))).toEqual(expected);
    }
  });

  it('are none where nothing came in time', () => {
    expect(decode([wire('*-1\r\n'), wire('_\r\n'), wire('$-1\r\n')])).toEqual([[], [], []]);
  });

  it('are an error where Redis refuses, and the next reply is read again', () => {
    const entry = wire('*2\r\n', text('1-2'), '*0\r\n');
    expect(decode([wire('-NOGROUP No such key\r\n*1\r\n*2\r\n', text('key'), '*1\r\n', entry)])).toEqual([
      new ReplyError('NOGROUP No such key'),
      [{ id: '1-2', fields: [] }],
    ]);
  });

  it('leave out what was trimmed', () => {
    const gone = wire('*2\r\n', text('1-1'), '*-1\r\n');
    const there = wire('*2\r\n', text('1-2'), '*2\r\n', text('a'), text(''));
    expect(decode([wire('*1\r\n*2\r\n', text('key'), '*3\r\n', gone, '*-1\r\n', there)])).toEqual([
      [{ id: '1-2', fields: [Buffer.from('a'), Buffer.alloc(0)] }],
    ]);
  });

  it('share the bytes of the name that all of ours have', () => {
    const entry = wire('*2\r\n', text('1-2'), '*2\r\n', text('$data'), text('$data'));
    const [entries = []] = decode([wire('*1\r\n*2\r\n', text('key'), '*2\r\n', entry, entry)]);
    expect(entries[0]?.fields[0]).toBe(entries[1]?.fields[0]);
    expect(entries[0]?.fields[1]).not.toBe(entries[0]?.fields[0]);
  });
});
