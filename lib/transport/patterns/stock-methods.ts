import {
  PATTERN_EXTRAS_METADATA,
  PATTERN_HANDLER_METADATA,
  PATTERN_METADATA,
  TRANSPORT_METADATA,
} from '@nestjs/microservices/constants.js';
import { ErrorWatch } from '../../delivery/index.js';
import type { HandlerFilters } from '../handler-filters.js';
import type { FoundMethod } from '../handler-finder.js';

const EXTRAS_KEY = 'nestjs-redis-flow:stock';

/** What Nest's listeners do not tell about a stock handler that they hand over. */
export interface StockMethod {
  /** `MathController.sum` */
  readonly owner: string;
  readonly errors: ErrorWatch;
}

/** Nest's `PatternHandler.EVENT`, which it does not export. */
const EVENT = 2;

const callbackOf = ({ host, method }: FoundMethod): object =>
  (host.prototype as Record<string, object>)[method] as object;

/** Those with `@EventPattern` or `@MessagePattern` and without a transport. */
export const stockMethods = (found: readonly FoundMethod[]): readonly FoundMethod[] =>
  found.filter((each) => {
    const callback = callbackOf(each);
    const hasTransport = Reflect.getMetadata(TRANSPORT_METADATA, callback) !== undefined;
    return Reflect.hasMetadata(PATTERN_METADATA, callback) && !hasTransport;
  });

export const ownerOf = ({ host, method }: FoundMethod): string => `${host.name}.${method}`;

/**
 * Marks the methods with `@EventPattern` and `@MessagePattern`, so that their names come with them. Call it before Nest
 * binds them.
 *
 * @param isWatched whether the original errors of events matter: they decide about retries. Errors of requests are to
 * arrive as Nest's filters make them.
 */
export function markStockMethods(found: readonly FoundMethod[], filters: HandlerFilters, isWatched: boolean): void {
  for (const each of stockMethods(found)) {
    const { host, method } = each;
    const callback = callbackOf(each);
    const extras = (Reflect.getMetadata(PATTERN_EXTRAS_METADATA, callback) ?? {}) as Record<string, unknown>;
    if (EXTRAS_KEY in extras) continue;
    const errors = new ErrorWatch();
    const isEvent = Reflect.getMetadata(PATTERN_HANDLER_METADATA, callback) === EVENT;
    if (isWatched && isEvent) {
      filters.askOursFirst({ host, method, metadata: { errors } });
      // It only watches: another strategy may serve the method, too, and is to see what Nest's filters make.
      errors.bind(true);
    } else errors.bind(false);
    const marked: StockMethod = { owner: ownerOf(each), errors };
    Reflect.defineMetadata(PATTERN_EXTRAS_METADATA, { ...extras, [EXTRAS_KEY]: marked }, callback);
  }
}

/** What was marked, as it comes through Nest's listeners. */
export const stockMethodIn = (extras: Record<string, unknown>): StockMethod | undefined =>
  extras[EXTRAS_KEY] as StockMethod | undefined;
