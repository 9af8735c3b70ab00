import { describe, expect, it } from 'vitest';
import type { Argument } from '../../../lib/connection/link.js';
import { RespDecoder } from '../../../lib/connection/resp-decoder.js';
import { encodeCommands } from '../../../lib/connection/resp-encoder.js';
import { below, randomBytes, seeded } from '../seeded.js';
import { decodeAll, wire } from './replies.js';

const encode = (...commands: (readonly Argument[])[]): Buffer => wire(...encodeCommands(commands));

/** As text, which is compared much faster. */
const bytesOf = (args: readonly Buffer[]): string[] => args.map((arg) => arg.toString('latin1'));

describe('a command on the wire', () => {
  it('is an array of texts', () => {
    expect(encode(['GET', 'a']).toString()).toBe('*2\r\n$3\r\nGET\r\n$1\r\na\r\n');
  });

  it.each([
    ['', '$0\r\n\r\n'],
    ['é', '$2\r\né\r\n'],
    ['😀', '$4\r\n😀\r\n'],
    ['\ud800', '$3\r\n\ufffd\r\n'],
    ['é'.repeat(100), `$200\r\n${'é'.repeat(100)}\r\n`],
    ['x'.repeat(100), `$100\r\n${'x'.repeat(100)}\r\n`],
    [0.5, '$3\r\n0.5\r\n'],
    [-1, '$2\r\n-1\r\n'],
  ])('counts bytes, not characters: %j', (argument, expected) => {
    expect(encode([argument]).toString()).toBe(`*1\r\n${expected}`);
  });

  it.each([1_023, 1_024, 70_000])('takes texts of any length, such as %i', (length) => {
    for (const text of ['x'.repeat(length), `${'x'.repeat(length)}é`, `é${'x'.repeat(length)}`])
      expect(encode(['SET', text]).toString()).toBe(`*2\r\n$3\r\nSET\r\n$${Buffer.byteLength(text)}\r\n${text}\r\n`);
  });

  it('is one piece together with the commands beside it, for one write', () => {
    expect(encodeCommands([['XACK', 's', 'g', '1-1'], ['PING']])).toHaveLength(1);
  });

  it('takes buffers anywhere, as they are', () => {
    const bytes = Buffer.from([0, 255, 13, 10]);
    const encoded = encode(['SET', bytes, Buffer.alloc(0)], ['PING']);
    expect(encoded).toEqual(wire('*3\r\n$3\r\nSET\r\n$4\r\n', bytes, '\r\n$0\r\n\r\n', '*1\r\n$4\r\nPING\r\n'));
  });

  it('takes large buffers without a copy', () => {
    const bytes = Buffer.alloc(5_000, 255);
    const pieces = encodeCommands([['SET', bytes, 'x']]);
    expect(pieces).toContain(bytes);
    expect(wire(...pieces)).toEqual(wire('*3\r\n$3\r\nSET\r\n$5000\r\n', bytes, '\r\n$1\r\nx\r\n'));
  });

  it('says what was meant, whatever its arguments are', () => {
    const random = seeded(1);
    const argument = (): Argument => {
      const bytes = randomBytes(random, below(random, 4) === 0 ? 3_000 : 100);
      return [bytes, bytes.toString('utf8'), bytes.toString('latin1'), below(random, 1_000)][
        below(random, 4)
      ] as Argument;
    };
    for (let round = 0; round < 200; round += 1) {
      const commands = Array.from({ length: 1 + below(random, 4) }, () =>
        Array.from({ length: 1 + below(random, 5) }, argument),
      );
      const meant = commands.map((args) => args.map((arg) => (Buffer.isBuffer(arg) ? arg : Buffer.from(String(arg)))));
      const decoded = decodeAll(new RespDecoder(), [encode(...commands)]) as Buffer[][];
      expect(decoded.map(bytesOf)).toEqual(meant.map(bytesOf));
    }
  });
});
