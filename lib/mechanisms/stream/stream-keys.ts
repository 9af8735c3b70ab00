import type { Keys } from '../../message/index.js';

/** Every key of one stream, as one group sees it. All share the stream's Cluster slot. */
export interface StreamKeys {
  readonly stream: string;
  readonly deadLetters: string;
  /** A sorted set of entries whose retry is further away than a lease, by their due time. */
  readonly parked: string;
  /** A hash of how far each consumer has started what it has read. */
  readonly started: string;
  /** A hash of the idempotency keys that are in progress, with the entry and the payload's hash. */
  readonly progress: string;
  /** What stands before the idempotency key in the key that says that it is done. */
  readonly marks: string;
  /** The note that a dead letter is written, of an entry that nobody holds. */
  written(token: string): string;
}

export function streamKeys(keys: Keys, stream: string, group: string): StreamKeys {
  return {
    stream: keys.of(stream),
    deadLetters: keys.deadLetters(stream),
    parked: keys.derived(stream, `parked:${group}`),
    started: keys.derived(stream, `started:${group}`),
    progress: keys.derived(stream, `progress:${group}`),
    marks: keys.derived(stream, `once:${group}:`),
    written: (token) => keys.derived(stream, `written:${token}`),
  };
}
