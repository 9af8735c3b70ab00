import type { ConnectionLostError } from '../errors/index.js';

/** What a command is made of. Strings go out as UTF-8, buffers as they are. */
export type Argument = string | number | Buffer;

/** A command, and what is to happen with its reply. */
export interface Request {
  /** The command's name and its arguments. */
  readonly args: readonly Argument[];
  /** Whether the reply is one of XREAD or XREADGROUP for one stream, to be read into entries. @default false */
  readonly reads?: boolean;
  /**
   * Called once, whatever happens: with a `ReplyError` when Redis refused, with a `ConnectionLostError` when no answer
   * can come any more, and otherwise with `undefined` and the reply. Strings in the reply are bytes, maps are flat lists
   * of names and values, and an error inside an array is a value. What it throws is nobody's to catch.
   */
  readonly done: (error: unknown, reply: unknown) => void;
}

/** A connection to Redis that is up, and stays so until it is lost once and for all. */
export interface Link {
  /** Sends commands in one write where it can. They are answered in order. */
  send(requests: readonly Request[]): void;
  /** Ends the connection at once. What is in flight is told why. */
  destroy(why: string): void;
}

/** Who owns a link, and wants to know when it has ended. */
export interface LinkOwner {
  /** What the connection is called in errors. */
  readonly label: string;
  /** Called once, after everything in flight has been told. */
  readonly lost: (error: ConnectionLostError) => void;
}

/** Tells requests that there will be no answer. */
export function tellLost(requests: readonly Request[], error: ConnectionLostError): void {
  for (const { done } of requests) done(error, undefined);
}
