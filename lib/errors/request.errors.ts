import { RedisFlowError } from './redis-flow.error.js';

/**
 * A request was sent, or was to be sent, where nobody serves its pattern. No handler has it or will get it. Not over a
 * channel in a Cluster: Redis cannot tell there, and the request ends with a `RequestTimeoutError`.
 */
export class NoConsumerError extends RedisFlowError {
  readonly code = 'NO_CONSUMER';

  constructor(
    /** The normalised pattern, which is the name of the stream or channel. */
    readonly pattern: string,
    over: 'channel' | 'stream',
  ) {
    super(
      `Nobody serves requests of "${pattern}" over a ${over}. Start the service that has @MessagePattern for it, with ` +
        `the patterns option, the Redis and the keyPrefix of the client.`,
    );
  }
}

/** No reply has come within the timeout of a request. It may or may not have been handled; what still runs is cancelled. */
export class RequestTimeoutError extends RedisFlowError {
  readonly code = 'REQUEST_TIMEOUT';

  constructor(
    readonly pattern: string,
    /** Milliseconds that each reply had. */
    readonly timeout: number,
  ) {
    super(
      `No reply to the request of "${pattern}" within ${timeout} ms. Look whether its handler hangs or is overrun; ` +
        `new RedisFlowRecordBuilder(data).setTimeout(ms) gives it more time.`,
    );
  }
}

/** Nobody waits for the answer any more: the reason of a handler's `signal`. */
export class RequestCancelledError extends RedisFlowError {
  readonly code = 'REQUEST_CANCELLED';

  constructor(pattern: string, why: string) {
    super(`The request of "${pattern}" is cancelled: ${why}. Nobody waits for its answer.`);
  }
}

/** A client was closed while a request of it had no answer. The request may or may not have been handled. */
export class ClientClosedError extends RedisFlowError {
  readonly code = 'CLIENT_CLOSED';

  constructor(pattern: string) {
    super(
      `The client was closed before the request of "${pattern}" was answered. ` +
        `Close it when its last observable has completed.`,
    );
  }
}
