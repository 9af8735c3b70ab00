import type { AnyMessage } from '../message/index.js';
import type { AckPolicySource, OnceOptions } from './ack-policy.interface.js';
import type { RetryOptions } from './retry-options.interface.js';
import type { RetryPolicySource } from './retry-policy.interface.js';

/** What every handler may say. */
export interface HandlerOptions {
  /** The module's `name` that the messages come from. @default 'default' */
  readonly connection?: string;
  /** How many messages are handled at the same time in this process. Minimum: 1. @default 1 – strictly in order */
  readonly concurrency?: number;
  /**
   * Milliseconds of handler time. When they are over, `context.signal` fires, the attempt has failed, and a late result
   * is ignored. `context.extend(ms)` gives more. Minimum: 1. @default none: a handler that hangs holds its slot
   */
  readonly timeout?: number;
}

/** How many messages a handler gets in one call. */
export interface BatchOptions {
  /** The most messages in one call. Minimum: 1. */
  readonly size: number;
  /** Milliseconds that the first message of a batch waits for others. @default 0: what has been read together */
  readonly wait?: number;
}

/**
 * When a message is acknowledged.
 *
 * - `'after'`: when the handler's promise and observable have completed. At least once.
 * - `'before'`: before the handler starts. What fails goes to the dead letters, what a crash interrupts is lost.
 * - `'none'`: Redis forgets it when it hands it out. At most once; what fails is dropped, with an event.
 * - `'manual'`: when the handler says so with `context.ack()` and the like, also after it has returned.
 * - `'once'`: like `'after'`, and a message whose idempotency key is done already is not handled again.
 * - a class or an instance of `AckPolicy`; a class that the application provides is taken from its container.
 */
export type AckOption =
  'after' | 'before' | 'none' | 'manual' | 'once' | { readonly once: OnceOptions } | AckPolicySource;

/** What handlers of streams and queues may say. */
export interface AtLeastOnceOptions extends HandlerOptions {
  /** When a message is acknowledged. @default 'after' */
  readonly ack?: AckOption;
  /**
   * `false`: a failed message goes to the dead letters at once. A class or an instance of `RetryPolicy` decides by itself;
   * a class that the application provides is taken from its container. With `ack` `'before'` or `'none'` there is no
   * retry: only `false` may be said.
   * @default { attempts: 5, backoff: { type: 'fixed', delay: 1000 } }
   */
  readonly retry?: RetryOptions | false | RetryPolicySource;
  /** `false`: a message that is given up is dropped: it is logged, reported as a `dropped` event, and gone. @default true – it is kept in `<key>:dlq` */
  readonly deadLetter?: boolean;
  /**
   * Milliseconds that a taken message belongs to its consumer without a sign of life. Heartbeats extend it while the
   * message is held; when the process dies, others take it over after this time. Minimum: 100. @default 30_000
   */
  readonly lease?: number;
  /**
   * Messages with the same key are handled one after the other, in order; those with different keys in parallel, up to
   * `concurrency`. The order holds within one process. An error that it throws is a failure of its message. Not together
   * with `batch`.
   *
   * @example
   * ```ts
   * @OnStream('orders', { concurrency: 32, orderBy: (message: Message<Order>) => message.data.customerId })
   * ```
   */
  readonly orderBy?: (message: AnyMessage) => unknown;
  /** The handler gets arrays: `@Payload()` is the array of data, `context.messages` the messages. `concurrency` counts batches. Not together with `orderBy` or `retry.hold`. @default single messages */
  readonly batch?: BatchOptions;
}
