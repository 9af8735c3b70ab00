import { RedisFlowError } from './redis-flow.error.js';

/** Redis refused a command of `context.transaction`. Nothing of it was applied or acknowledged; the attempt has failed. */
export class TransactionFailedError extends RedisFlowError {
  readonly code = 'TRANSACTION_FAILED';

  constructor(
    /** The place of the refused command in the transaction, from 0. */
    readonly index: number,
    /** Its name: `INCRBY`. */
    readonly command: string,
    options?: ErrorOptions,
  ) {
    const why = options?.cause instanceof Error ? `: ${options.cause.message}` : '';
    super(
      `Redis refused command ${index} (${command}) of the transaction${why}. Nothing of it was applied, and the message ` +
        `was not acknowledged.`,
      options,
    );
  }
}

/** `context.transaction` was used where there is no acknowledgement of one message to apply its writes together with. */
export class TransactionNotAvailableError extends RedisFlowError {
  readonly code = 'TRANSACTION_NOT_AVAILABLE';

  /**
   * @param where what has no transactions: `a reader`, `a batch`, `ack: 'before'`.
   * @param instead what can be used: `a consumer group with ack: 'after', 'manual' or 'once'`.
   */
  constructor(where: string, instead: string) {
    super(`context.transaction is not available with ${where}. Use ${instead}.`);
  }
}
