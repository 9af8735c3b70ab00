import { RedisFlowError } from './redis-flow.error.js';

/** Redis did not answer in time for a command to be sent, refuses the connection, or the application is closed. Nothing was sent. */
export class ConnectionNotReadyError extends RedisFlowError {
  readonly code = 'CONNECTION_NOT_READY';

  constructor(connection: string, why: string, next: string, options?: ErrorOptions) {
    super(`Connection "${connection}" ${why}; nothing was sent. ${next}`, options);
  }
}

/** A connection ended, or its watchdog ended it, while a command was waiting for its answer. */
export class ConnectionLostError extends RedisFlowError {
  readonly code = 'CONNECTION_LOST';

  constructor(connection: string, why: string, options?: ErrorOptions) {
    super(`Connection "${connection}" was lost: ${why}. It is made anew by itself.`, options);
  }
}
