import type { Body } from '../message.js';

/** Sends to one stream, queue or channel. */
export interface Publisher {
  /** Sends them at once. Resolves when Redis has answered for each. */
  send(bodies: readonly Body[]): Promise<unknown>;
  close(): Promise<void>;
}

/** Connects a publisher for `key`. */
export type OpenPublisher = (url: string, key: string) => Promise<Publisher>;
