import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { replyCode } from '../../../lib/connection/redis-errors.js';
import { ReplyError } from '../../../lib/connection/reply-error.js';
import { RespDecoder } from '../../../lib/connection/resp-decoder.js';
import { below, seeded } from '../seeded.js';
import { PROTOCOLS, blob, cut, decodeAll, push, randomReply, wire } from './replies.js';

const decode = (...chunks: (string | Buffer)[]): unknown[] =>
  decodeAll(
    new RespDecoder(),
    chunks.map((chunk) => wire(chunk)),
  );

describe('a reply', () => {
  it.each([
    ['+OK\r\n', Buffer.from('OK')],
    ['+\r\n', Buffer.from('')],
    [':-42\r\n', -42],
    ['$3\r\na\r\n\r\n', Buffer.from('a\r\n')],
    ['$0\r\n\r\n', Buffer.from('')],
    ['$-1\r\n', null],
    ['*-1\r\n', null],
    ['_\r\n', null],
    ['#t\r\n', 1],
    ['#f\r\n', 0],
    [',inf\r\n', Buffer.from('inf')],
    ['(-12345678901234567890\r\n', '-12345678901234567890'],
    ['=7\r\ntxt:a\rb\r\n', Buffer.from('a\rb')],
    ['*0\r\n', []],
    ['%0\r\n', []],
    ['~2\r\n:1\r\n:2\r\n', [1, 2]],
    ['%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n:2\r\n', [Buffer.from('a'), 1, Buffer.from('b'), [2]]],
    ['*2\r\n*0\r\n-ERR no\r\n', [[], new ReplyError('ERR no')]],
    ['!6\r\nERR\r\na\r\n', new ReplyError('ERR\r\na')],
    ['|1\r\n+ttl\r\n:5\r\n:1\r\n', 1],
    ['*2\r\n|1\r\n+a\r\n*1\r\n:5\r\n:1\r\n:2\r\n', [1, 2]],
    ['>2\r\n+message\r\n*1\r\n:5\r\n:1\r\n', 1],
  ])('%j is understood', (reply, value) => {
    expect(decode(reply)).toEqual([value]);
  });

  it('that is an error keeps the words of Redis, and its code is found', () => {
    const [error] = decode('-WRONGTYPE Operation against a key\r\n');
    expect(error).toMatchObject({ name: 'ReplyError', message: 'WRONGTYPE Operation against a key' });
    expect(replyCode(error)).toBe('WRONGTYPE');
  });

  it.each(['?\r\n', 'HTTP/1.1 400 Bad Request\r\n', '$?\r\n', '*x\r\n'])('%j is not one of Redis', (bytes) => {
    expect(() => decode(bytes)).toThrow('not a reply of Redis');
  });

  it.each(PROTOCOLS)('of RESP%i is the same wherever it is cut, and whatever comes before and after it', (protocol) => {
    const random = seeded(protocol);
    for (let round = 0; round < 400; round += 1) {
      const samples = Array.from({ length: 1 + below(random, 4) }, () => randomReply(random, protocol));
      const pushes = samples.map(() => (protocol === 3 && random() < 0.3 ? push(random) : ''));
      const bytes = wire(...samples.flatMap((sample, index) => [pushes[index] as Buffer, sample.wire]));
      expect(decode(...cut(random, bytes))).toEqual(samples.map(({ value }) => value));
    }
  });
});

/** How many bytes are copied to decode some chunks. */
function copiedBytes(chunks: readonly Buffer[]): number {
  const concat = vi.spyOn(Buffer, 'concat');
  onTestFinished(() => concat.mockRestore());
  expect(decodeAll(new RespDecoder(), chunks)).toHaveLength(1);
  return concat.mock.results.reduce((sum, { value }) => sum + (value as Buffer).length, 0);
}

const inChunks = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );

describe('a large reply', () => {
  it('is copied once when it is one text', () => {
    const reply = blob('$', Buffer.alloc(20_000_000));
    expect(copiedBytes(inChunks(reply, 65_536))).toBeLessThanOrEqual(reply.length);
  });

  it('is hardly copied when it is a long list', () => {
    const items = Array.from({ length: 3_000 }, () => blob('$', Buffer.alloc(1_000)));
    const reply = wire(`*${items.length}\r\n`, ...items);
    expect(copiedBytes(inChunks(reply, 65_536))).toBeLessThan(0.05 * reply.length);
  });
});
