import { describe, expect, it } from 'vitest';
import { MessageTap } from '../../../lib/connection/message-tap.js';
import { below, randomBytes, seeded } from '../seeded.js';
import { RESP2, blob, cut, randomReply, wire } from './replies.js';

type Random = () => number;
type Told = readonly [kind: string, name: string, channel: string, message: string];

const text = (value: string): Buffer => blob('$', Buffer.from(value));
const WORDS = [
  ['message', 'channel'],
  ['smessage', 'shard'],
  ['pmessage', 'glob'],
] as const;
const NAMES = ['orders', 'tenants/é/devices', '', 'message', 'x'.repeat(100)];

function tapped(chunks: readonly Buffer[]) {
  const told: Told[] = [];
  const passed: Buffer[] = [];
  const tap = new MessageTap(
    (kind, name, channel, message) => told.push([kind, name, channel, message.toString('hex')]),
    (bytes) => passed.push(Buffer.from(bytes)),
  );
  for (const chunk of chunks) tap.take(chunk);
  return { told, passed: Buffer.concat(passed) };
}

function randomMessage(random: Random): { readonly wire: Buffer; readonly told: Told } {
  const chosen = below(random, WORDS.length);
  const [word, kind] = WORDS[chosen] ?? WORDS[0];
  const channel = NAMES[below(random, NAMES.length)] ?? '';
  const name = kind === 'glob' ? `${channel}*` : channel;
  const message = randomBytes(random, 300);
  const parts = kind === 'glob' ? [text(word), text(name)] : [text(word)];
  return {
    wire: wire(`*${parts.length + 2}\r\n`, ...parts, text(channel), blob('$', message)),
    told: [kind, name, channel, message.toString('hex')],
  };
}

describe('what comes over a subscriber connection', () => {
  it('is told of as messages, and all else goes on byte for byte, wherever it is cut', () => {
    const random = seeded(31);
    for (let round = 0; round < 500; round += 1) {
      const told: Told[] = [];
      const passed: Buffer[] = [];
      const stream: Buffer[] = [];
      for (let count = 1 + below(random, 8); count > 0; count -= 1) {
        const message = random() < 0.6 ? randomMessage(random) : undefined;
        const bytes = message?.wire ?? randomReply(random, RESP2).wire;
        stream.push(bytes);
        if (message === undefined) passed.push(bytes);
        else told.push(message.told);
      }
      expect(tapped(cut(random, Buffer.concat(stream)))).toEqual({ told, passed: Buffer.concat(passed) });
    }
  });

  it('goes on as it is where it confirms a subscription, or answers a PING', () => {
    const confirmation = wire('*3\r\n', text('subscribe'), text('orders'), ':1\r\n');
    const pong = wire('*2\r\n', text('pong'), text(''));
    expect(tapped([wire(confirmation, pong)])).toEqual({ told: [], passed: wire(confirmation, pong) });
  });

  it('does not stop where somebody who is told of a message throws', async () => {
    const errors: unknown[] = [];
    const seen: string[] = [];
    const tap = new MessageTap(
      (_, name) => {
        seen.push(name);
        if (name === 'bad') throw new Error('no');
      },
      () => undefined,
    );
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException').once('uncaughtException', (error) => errors.push(error));
    const of = (channel: string): Buffer => wire('*3\r\n', text('message'), text(channel), text('x'));
    tap.take(wire(of('bad'), of('good')));
    await new Promise((resolve) => setImmediate(resolve));
    for (const listener of listeners) process.on('uncaughtException', listener);
    expect(seen).toEqual(['bad', 'good']);
    expect(errors).toMatchObject([{ message: 'no' }]);
  });
});
