import type { Decoded, HeaderRecord } from './message.interface.js';

/** Data and headers on their way out. */
export interface Outgoing {
  readonly data: unknown;
  readonly headers?: HeaderRecord | undefined;
}

/** What makes a message a request: somebody waits for an answer to it. */
export interface RequestFacts {
  /** What the answer names the request by. */
  readonly id: string;
  /** The channel that the answer goes to, as Redis knows it. */
  readonly replyTo: string;
  /** How long the caller waits for each reply, in ms; undefined where it does not say. */
  readonly within: number | undefined;
}

/** A message for a pattern, as its handler gets it. */
export interface Incoming extends Decoded {
  readonly request: RequestFacts | undefined;
}

/**
 * One part of an answer: a value that others may follow, the last value, the end without one more value, or the error
 * that ends it.
 */
export interface Reply {
  readonly type: 'value' | 'last' | 'end' | 'error';
  readonly data?: unknown;
}

/** A reply, and which request it answers. */
export interface ReceivedReply {
  readonly id: string;
  readonly reply: Reply;
}

/** How messages for patterns, and the answers to them, are written. */
export interface PatternWire {
  /** @param pattern as the caller wrote it, which may be an object. */
  message(pattern: unknown, message: Outgoing, request?: RequestFacts): Outgoing;
  /** @param channel the full name of what the message came by. */
  readMessage(decoded: Decoded, channel: string): Incoming;
  reply(id: string, reply: Reply): Outgoing;
  /** Undefined where it is no reply. */
  readReply(decoded: Decoded): ReceivedReply | undefined;
}
