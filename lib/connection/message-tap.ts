import type { Redis } from 'ioredis';
import { socketOf, speaksResp2 } from './client-inside.js';
import { RESP } from './resp-bytes.js';
import { INCOMPLETE, RespDecoder } from './resp-decoder.js';
import { RespInput } from './resp-input.js';

const { ARRAY, TEXT } = RESP;

/** How Redis is asked: SUBSCRIBE, PSUBSCRIBE or SSUBSCRIBE. */
export type SubjectKind = 'channel' | 'glob' | 'shard';

/** Gets a message for a subject, with the channel's full name. */
export type ReceiveMessage = (kind: SubjectKind, name: string, channel: string, message: Buffer) => void;

/** What a published message begins with, by what was subscribed to. */
const KINDS: ReadonlyMap<string, SubjectKind> = new Map<string, SubjectKind>([
  ['message', 'channel'],
  ['smessage', 'shard'],
  ['pmessage', 'glob'],
]);

/** A text that is nearly always the one before it. */
class Name {
  private bytes: Buffer = Buffer.alloc(0);
  private text = '';

  /** The text of a length that begins here. */
  read(source: Buffer, at: number, length: number): string {
    if (length === this.bytes.length && this.isAt(source, at)) return this.text;
    this.bytes = Buffer.from(source.subarray(at, at + length));
    this.text = this.bytes.toString();
    return this.text;
  }

  private isAt(source: Buffer, at: number): boolean {
    const { bytes } = this;
    for (let index = 0; index < bytes.length; index += 1) if (source[at + index] !== bytes[index]) return false;
    return true;
  }
}

/** Reads what is published out of a subscriber's bytes, in RESP2. All else goes on as it is, one whole reply after the other. */
export class MessageTap {
  private readonly input = new RespInput();
  private readonly values = new RespDecoder();
  private readonly kind = new Name();
  private readonly channel = new Name();
  /** The bytes of a reply that is not all there, as far as they have been read. */
  private pieces: Buffer[] = [];

  constructor(
    private readonly receive: ReceiveMessage,
    private readonly pass: (bytes: Buffer) => void,
  ) {}

  /** @throws where this is not RESP. */
  take(chunk: Buffer): void {
    const { input } = this;
    if (!input.push(chunk)) return;
    while (!input.isEmpty || input.advance()) {
      if (!this.readMessage() && !this.readOther() && !input.advance()) break;
    }
    input.release();
  }

  /** Nearly always: a whole message for a channel. @returns false, with nothing read, where it is anything else. */
  private readMessage(): boolean {
    if (this.values.isOpen) return false;
    const { input } = this;
    const start = input.at;
    if (input.head(ARRAY) === 3) {
      const kind = this.readKind();
      const channel = kind && readName(input, this.channel);
      const message = channel === undefined ? undefined : input.text();
      if (kind !== undefined && channel !== undefined && message !== undefined) {
        this.tell(kind, channel, channel, message);
        return true;
      }
    }
    input.at = start;
    return false;
  }

  private readKind(): SubjectKind | undefined {
    const text = readName(this.input, this.kind);
    return text === undefined ? undefined : KINDS.get(text);
  }

  /** @returns false where it is not all there. */
  private readOther(): boolean {
    const { input, values } = this;
    const { at, bytes } = input;
    const reply = values.decode(input);
    this.pieces.push(bytes.subarray(at, input.at));
    if (reply === INCOMPLETE) return false;
    const { pieces } = this;
    this.pieces = [];
    if (!this.receiveReply(reply)) for (const piece of pieces) this.pass(piece);
    return true;
  }

  private receiveReply(reply: unknown): boolean {
    if (!Array.isArray(reply)) return false;
    const [word, ...texts] = reply as unknown[];
    const kind = KINDS.get(String(word));
    const [name, channel, message] = texts.length === 2 ? [texts[0], ...texts] : texts;
    if (kind === undefined || !Buffer.isBuffer(message)) return false;
    this.tell(kind, String(name), String(channel), message);
    return true;
  }

  private tell(...message: Parameters<ReceiveMessage>): void {
    try {
      this.receive(...message);
    } catch (error) {
      // What is behind it must be read all the same.
      process.nextTick(() => {
        throw error;
      });
    }
  }
}

function readName(input: RespInput, name: Name): string | undefined {
  const length = input.head(TEXT);
  const { bytes, at } = input;
  return input.skip(length) ? name.read(bytes, at, length) : undefined;
}

/**
 * Takes what is published from each connection that a client makes from here on, before ioredis decodes it: that is what
 * most of the time went to. Where a connection is not as expected, ioredis' own events tell of its messages.
 */
export function tapMessages(client: Redis, receive: ReceiveMessage): void {
  client.on('connect', () => {
    const socket = socketOf(client);
    const [theirs, ...others] = socket?.listeners('data') ?? [];
    // Who watches the socket for silence must see all of it.
    const isExpected = others.length === 0 && client.options.socketTimeout === undefined && speaksResp2(client);
    if (socket === undefined || theirs === undefined || !isExpected) return;
    const tap = new MessageTap(receive, (bytes) => void theirs.call(socket, bytes));
    socket.removeAllListeners('data');
    socket.on('data', (chunk: Buffer) => {
      try {
        tap.take(chunk);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
  });
}
