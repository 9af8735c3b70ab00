import { RedisFlowError } from './redis-flow.error.js';

/** The bytes of a message are not what the codec expects. Fatal: the message goes to the dead letters as it is. */
export class UndecodableMessageError extends RedisFlowError {
  readonly code = 'UNDECODABLE_MESSAGE';

  constructor(where: string, options?: ErrorOptions) {
    const why = options?.cause instanceof Error ? `: ${options.cause.message}` : '';
    super(`The payload of ${where} cannot be decoded${why}`, options);
  }
}

/** The handler did not finish within its `timeout`. The attempt counts as failed; a late result is ignored. */
export class HandlerTimeoutError extends RedisFlowError {
  readonly code = 'HANDLER_TIMEOUT';

  constructor(handler: string, timeout: number) {
    super(`${handler} did not finish within its timeout of ${timeout} ms. Raise "timeout" or stop at context.signal.`);
  }
}

/** A settlement method of the context was called after the delivery had been decided. */
export class AlreadySettledError extends RedisFlowError {
  readonly code = 'ALREADY_SETTLED';

  constructor(id: string, first: string, second: string) {
    super(`Message ${id} is already settled with "${first}"; "${second}" comes too late. Settle a delivery once.`);
  }
}

/** The process that handled a message ended before its handler did. No handler throws it; a `RetryPolicy` is asked with it. */
export class HandlerCrashedError extends RedisFlowError {
  readonly code = 'HANDLER_CRASHED';

  constructor(
    what: string,
    /** How many times the handler was started, the last one being the one that did not come back. */
    readonly attempt: number,
  ) {
    super(`The process that handled ${what} ended during attempt ${attempt}. Look for what killed it at that time.`);
  }
}

/** A handler with `ack: 'manual'` has returned and did not settle its message in time. The attempt counts as failed. */
export class UnsettledMessageError extends RedisFlowError {
  readonly code = 'MESSAGE_UNSETTLED';

  constructor(
    handler: string,
    /** Milliseconds that it had. */
    readonly timeout: number,
  ) {
    super(
      `${handler} did not settle its message within ${timeout} ms. With ack: 'manual' every way through it must end in ` +
        `context.ack(), retry(), release(), deadLetter() or drop(); context.extend(ms) gives more time.`,
    );
  }
}

/** A message no longer belongs to this consumer: its lease ran out, and another one has it or has settled it. */
export class LeaseLostError extends RedisFlowError {
  readonly code = 'LEASE_LOST';

  constructor(what: string, options?: ErrorOptions) {
    super(
      `The lease of ${what} is lost: another consumer may handle it now. Stop at context.signal; raise "lease" where ` +
        `the event loop is kept busy for longer.`,
      options,
    );
  }
}

/** `context.idempotencyKey` was asked for in a batch, where no text stands for all messages at every attempt. */
export class IdempotencyKeyNotAvailableError extends RedisFlowError {
  readonly code = 'IDEMPOTENCY_KEY_NOT_AVAILABLE';

  constructor() {
    super(
      'context.idempotencyKey is not available with a batch: its messages do not come together again. Make a key for each ' +
        'of context.messages, of its source and its id; or leave "batch" out.',
    );
  }
}
