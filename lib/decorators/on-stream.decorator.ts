import type { StreamOptions } from '../options/index.js';
import { declareHandler } from './handler-metadata.js';

/**
 * Handles the entries of one or more streams as a member of a consumer group: at least once per group. Returning
 * acknowledges, throwing retries and finally dead-letters. `ack` and `retry` change that by policies, up to effectively
 * once; `orderBy` keeps the order of each key while keys run in parallel; `batch` hands over arrays.
 *
 * With `reader` it reads without a group: every instance sees every entry.
 *
 * Works on controllers and on providers; several may stand on one method.
 *
 * @throws at bootstrap: `MissingGroupError`, `InvalidOptionError`, `OptionNotAvailableError`, `DuplicateHandlerError`,
 * `UnknownConnectionError`.
 * @example
 * ```ts
 * @OnStream('orders', { group: 'payments', concurrency: 8, retry: { attempts: 5 } })
 * async charge(@Payload() order: OrderDto, @Ctx() context: RedisFlowContext) { … }
 *
 * @OnStream('orders', { reader: { from: '0', checkpoint: 'search-index' } })
 * index(@Payload() order: OrderDto) { … }
 * ```
 * @see https://redis.io/docs/latest/develop/data-types/streams/#consumer-groups
 */
export function OnStream(stream: string | readonly string[], options: StreamOptions = {}): MethodDecorator {
  return declareHandler('stream', stream, options);
}
