/** Every code that an error of this library can carry. */
export const REDIS_FLOW_ERROR_CODES = [
  'INVALID_OPTION',
  'OPTION_NOT_AVAILABLE',
  'MISSING_GROUP',
  'DUPLICATE_HANDLER',
  'UNKNOWN_CONNECTION',
  'CONSUMER_NAME_TAKEN',
  'CONNECTION_NOT_READY',
  'CONNECTION_LOST',
  'PUBLISH_FAILED',
  'PUBLISH_OUTCOME_UNKNOWN',
  'DEDUPE_CONFLICT',
  'UNENCODABLE_MESSAGE',
  'UNDECODABLE_MESSAGE',
  'HANDLER_TIMEOUT',
  'HANDLER_CRASHED',
  'ALREADY_SETTLED',
  'MESSAGE_UNSETTLED',
  'LEASE_LOST',
  'TRANSACTION_FAILED',
  'TRANSACTION_NOT_AVAILABLE',
  'IDEMPOTENCY_KEY_NOT_AVAILABLE',
  'NO_CONSUMER',
  'REQUEST_TIMEOUT',
  'REQUEST_CANCELLED',
  'CLIENT_CLOSED',
] as const;

/** One of {@link REDIS_FLOW_ERROR_CODES}. */
export type RedisFlowErrorCode = (typeof REDIS_FLOW_ERROR_CODES)[number];

const BRAND = Symbol.for('nestjs-redis-flow.error');

/**
 * Base class of every error that this library throws.
 *
 * `code` says which situation it is, `cause` keeps the error beneath, and the text names the thing and the next step.
 *
 * @example
 * ```ts
 * try {
 *   await publisher.append('orders', order);
 * } catch (error) {
 *   if (RedisFlowError.is(error) && error.code === 'PUBLISH_OUTCOME_UNKNOWN') { … }
 * }
 * ```
 */
export abstract class RedisFlowError extends Error {
  abstract readonly code: RedisFlowErrorCode;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Whether `error` is one of ours, also when two copies of the library are installed. */
  static is(error: unknown): error is RedisFlowError {
    return typeof error === 'object' && error !== null && BRAND in error;
  }
}
