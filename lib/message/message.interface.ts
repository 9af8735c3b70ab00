/** The three ways that Redis offers to hand over a message. */
export type MechanismKind = 'channel' | 'stream' | 'queue';

/** Facts about a message, beside its data. Values are text; what a foreign producer wrote otherwise arrives as its JSON text. */
export type HeaderRecord = Readonly<Record<string, string>>;

/** Where a message came from. */
export interface Source {
  readonly mechanism: MechanismKind;
  /** The stream, queue or channel as the handler names it, without the key prefix. For a channel with parameters: the template. */
  readonly key: string;
  /** The consumer group. Streams only. */
  readonly group?: string;
  /** The consumer that read it. Streams and queues only. */
  readonly consumer?: string;
  /** The channel that it was published on, without the key prefix. Channels only. */
  readonly channel?: string;
  /** The glob that matched, without the key prefix. Channels with a pattern only. */
  readonly pattern?: string;
  /** The values of the path parameters. Channels with parameters only. */
  readonly params?: Readonly<Record<string, string>>;
}

/**
 * What the user publishes and a handler gets.
 *
 * @typeParam T the type of `data`; it is what the codec made, not checked unless a pipe checks it.
 */
export interface Message<T = unknown> {
  /** Stream: the entry's id. Queue: the job's id. Channel: of a notification its id in the history, else made on arrival, unique in this process. */
  readonly id: string;
  readonly data: T;
  readonly headers: HeaderRecord;
  readonly source: Source;
  /** Milliseconds since 1970. Stream: Redis' clock, from the entry's id. Queue: the producer's clock. Channel, foreign job: when it arrived here. Of `notifications$`: Redis' clock, from the id. */
  readonly timestamp: number;
}

/** Data and headers, taken from the wire. */
export interface Decoded {
  readonly data: unknown;
  readonly headers: HeaderRecord;
}

/** A message as a function in a decorator's options sees it, where the type of its data cannot be known. */
// oxlint-disable-next-line typescript/no-explicit-any -- `(message) => message.data.customerId` has to compile
export type AnyMessage = Message<any>;
