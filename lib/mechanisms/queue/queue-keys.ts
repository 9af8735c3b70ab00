import type { Keys } from '../../message/index.js';

/** Every key of one queue, as one consumer sees it. All share the queue's Cluster slot. */
export interface QueueKeys {
  readonly queue: string;
  /** A sorted set of the consumers, by the end of their lease. */
  readonly consumers: string;
  /** A sorted set of the jobs that wait, by their due time. Who adds to it wakes the consumers by its name. */
  readonly delayed: string;
  readonly deadLetters: string;
  /** A hash of the idempotency keys that are in progress. */
  readonly progress: string;
  /** What says that an idempotency key is done. */
  mark(idempotencyKey: string): string;
  /** The note that a dead letter is written, of a job that nobody holds. */
  written(token: string): string;
  /** The list of what a consumer has taken and not started. */
  taken(consumer: string): string;
  /** The list of what a consumer has started and not settled. */
  processing(consumer: string): string;
}

export function queueKeys(keys: Keys, queue: string): QueueKeys {
  return {
    queue: keys.of(queue),
    consumers: keys.derived(queue, 'consumers'),
    delayed: keys.derived(queue, 'delayed'),
    deadLetters: keys.deadLetters(queue),
    progress: keys.derived(queue, 'progress'),
    mark: (idempotencyKey) => keys.derived(queue, `once:${idempotencyKey}`),
    written: (token) => keys.derived(queue, `written:${token}`),
    taken: (consumer) => keys.derived(queue, `taken:${consumer}`),
    processing: (consumer) => keys.derived(queue, `processing:${consumer}`),
  };
}
