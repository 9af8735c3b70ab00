import { InvalidOptionError } from '../../errors/index.js';
import type { HeaderRecord } from '../../message/index.js';
import { assertOptions, isObject, milliseconds, object } from '../../options/check.js';

/** Data with facts beside it, as `RedisFlowClient` sends it. Made by `RedisFlowRecordBuilder`. */
export class RedisFlowRecord<T = unknown> {
  /** @internal */
  constructor(
    readonly data: T,
    readonly headers: HeaderRecord | undefined,
    /** Milliseconds; undefined for the default. */
    readonly timeout: number | undefined,
  ) {}
}

const timeoutCheck = object({ timeout: milliseconds(1) });

/**
 * Puts headers and a timeout beside the data of one `send` or `emit` of a `RedisFlowClient`.
 *
 * @example
 * ```ts
 * const record = new RedisFlowRecordBuilder([1, 2]).setHeaders({ tenant: 'acme' }).setTimeout(2_000).build();
 * this.client.send<number>('sum', record);
 * ```
 */
export class RedisFlowRecordBuilder<T = unknown> {
  private headers: HeaderRecord | undefined;
  private timeout: number | undefined;

  constructor(private readonly data: T) {}

  /**
   * Facts beside the data: the handler's `context.getMetadata()`. They win over what a dispatch hook has set.
   *
   * @throws InvalidOptionError.
   */
  setHeaders(headers: HeaderRecord): this {
    if (!isObject(headers))
      throw new InvalidOptionError('RedisFlowRecordBuilder', 'headers', headers, 'an object of strings');
    this.headers = headers;
    return this;
  }

  /**
   * How long `send` waits for the first reply, and then for each next one, in ms. Of no meaning for `emit`.
   *
   * @throws InvalidOptionError.
   */
  setTimeout(timeout: number): this {
    assertOptions('RedisFlowRecordBuilder', timeoutCheck, { timeout });
    this.timeout = timeout;
    return this;
  }

  build(): RedisFlowRecord<T> {
    return new RedisFlowRecord(this.data, this.headers, this.timeout);
  }
}
