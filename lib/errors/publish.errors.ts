import { RedisFlowError } from './redis-flow.error.js';

/** What is known about a publication that did not come to its end. */
export interface PublishErrorOptions extends ErrorOptions {
  /** The ids of those of many entries that are there, in order. */
  readonly published?: readonly string[] | undefined;
  /** How many entries it should have been. @default one */
  readonly count?: number | undefined;
  /** Whether a second append would be known by its key. */
  readonly deduped?: boolean | undefined;
}

/** `3 of 5 entries`, or undefined for one alone. */
function shareOf({ published = [], count = 1 }: PublishErrorOptions): string | undefined {
  return count > 1 ? `${published.length} of ${count} entries` : undefined;
}

/**
 * Redis refused to take a message, or was not there to take it. The message was not published; of `appendMany` the
 * entries before it were, and none after it.
 */
export class PublishFailedError extends RedisFlowError {
  readonly code = 'PUBLISH_FAILED';
  /** The ids of the entries of `appendMany` that are there all the same, in order. The next message is the one that failed. */
  readonly published: readonly string[];

  constructor(target: string, options: PublishErrorOptions = {}) {
    const { cause, published = [] } = options;
    const why = cause instanceof Error ? cause.message : String(cause);
    const share = shareOf(options);
    super(`Publishing to ${target} failed: ${why}${share === undefined ? '' : ` (${share} are there)`}`, options);
    this.published = published;
  }
}

/**
 * The connection was lost after the message was sent and before Redis answered: it may or may not have been published.
 * Publishing again may make it twice, unless it is an append with `dedupe`.
 */
export class PublishOutcomeUnknownError extends RedisFlowError {
  readonly code = 'PUBLISH_OUTCOME_UNKNOWN';
  /** The ids of the entries of `appendMany` that are certainly there, in order. */
  readonly published: readonly string[];

  constructor(target: string, options: PublishErrorOptions = {}) {
    const share = shareOf(options);
    const what = share === undefined ? 'the message' : `${share} are there, and the next ones`;
    const next =
      options.deduped === true
        ? `Append it again with the same dedupe key: it will be there once.`
        : `Publish again only if the handler tolerates a double.`;
    super(
      `Publishing to ${target}: the connection was lost before Redis answered, so ${what} may or may not be there. ${next}`,
      options,
    );
    this.published = options.published ?? [];
  }
}

/** Another payload was appended under the same dedupe key, within its window. Nothing was added. */
export class DedupeConflictError extends RedisFlowError {
  readonly code = 'DEDUPE_CONFLICT';

  constructor(
    readonly stream: string,
    /** The dedupe key. */
    readonly key: string,
    /** The id of the entry that was appended under it. */
    readonly id: string,
  ) {
    super(
      `Stream "${stream}": the dedupe key "${key}" belongs to entry ${id}, which has another payload; nothing was added. ` +
        `Give each message a key of its own, and append it again only as it was.`,
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
