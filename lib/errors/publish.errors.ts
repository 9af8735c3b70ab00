import { RedisFlowError } from './redis-flow.error.js';

/** Redis refused to take a message, or was not there to take it. The message was not published. */
export class PublishFailedError extends RedisFlowError {
  readonly code = 'PUBLISH_FAILED';

  constructor(target: string, options?: ErrorOptions) {
    const why = options?.cause instanceof Error ? options.cause.message : String(options?.cause);
    super(`Publishing to ${target} failed: ${why}`, options);
  }
}

/**
 * The connection was lost after the message was sent and before Redis answered: it may or may not have been published.
 * Publishing again may make it twice.
 */
export class PublishOutcomeUnknownError extends RedisFlowError {
  readonly code = 'PUBLISH_OUTCOME_UNKNOWN';

  constructor(target: string, options?: ErrorOptions) {
    super(
      `Publishing to ${target}: the connection was lost before Redis answered, so the message may or may not be there. ` +
        `Publish again only if the handler tolerates a double.`,
      options,
    );
  }
}

/** The codec or the header rules cannot represent what was to be published. Nothing was sent. */
export class UnencodableMessageError extends RedisFlowError {
  readonly code = 'UNENCODABLE_MESSAGE';

  constructor(what: string, options?: ErrorOptions) {
    super(`The message cannot be encoded: ${what}`, options);
  }
}
