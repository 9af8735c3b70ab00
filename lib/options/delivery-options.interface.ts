import type { RetryOptions } from './retry-options.interface.js';

/** What every handler may say. */
export interface HandlerOptions {
  /** The module's `name` that the messages come from. @default 'default' */
  readonly connection?: string;
  /** How many messages are handled at the same time in this process. Minimum: 1. @default 1 – strictly in order */
  readonly concurrency?: number;
  /**
   * Milliseconds of handler time. When they are over, `context.signal` fires, the attempt has failed, and a late result
   * is ignored. Minimum: 1. @default none: a handler that hangs holds its slot
   */
  readonly timeout?: number;
}

/** What handlers of streams and queues may say. */
export interface AtLeastOnceOptions extends HandlerOptions {
  /** When a message is acknowledged. `'after'`: when the handler's promise and observable have completed. @default 'after' */
  readonly ack?: 'after';
  /** `false`: a failed message goes to the dead letters at once. @default { attempts: 5, backoff: { type: 'fixed', delay: 1000 } } */
  readonly retry?: RetryOptions | false;
  /** `false`: a message that is given up is dropped and only logged. @default true – it is kept in `<key>:dlq` */
  readonly deadLetter?: boolean;
  /**
   * Milliseconds that a taken message belongs to its consumer without a sign of life. Heartbeats extend it while the
   * handler runs; when the process dies, others take the message over after this time. Minimum: 100. @default 30_000
   */
  readonly lease?: number;
}
