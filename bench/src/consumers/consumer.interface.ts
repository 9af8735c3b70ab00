/** What a consumer is to take its messages from. */
export interface Source {
  readonly url: string;
  /** The stream, the queue or the channel. It is used for one measurement. */
  readonly key: string;
  readonly count: number;
  /** Whether the library names the consumer, as it does for most. @default false */
  readonly isUnnamed?: boolean;
}

/** To be called for each message, with its number. */
export type Handle = (n: number) => void;

/** A consumer that takes messages now. */
export interface Consumer {
  /** Rejects when it cannot go on. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

/** Begins to take messages. Resolves when it does. */
export type Consume = (source: Source, handle: Handle) => Promise<Consumer>;
