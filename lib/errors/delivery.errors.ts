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
