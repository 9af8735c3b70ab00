import { EXCEPTION_FILTERS_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { Inject, Injectable } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import type { ErrorWatch } from '../delivery/index.js';
import type { FoundMethod } from './handler-finder.js';

/** What Nest writes on methods that are reached in other ways than ours, too: an HTTP route, a WebSocket message. */
const OTHER_ENTRIES = [PATH_METADATA, 'websockets:message_mapping'];

/** A method that has a filter of ours. */
type FilteredMethod = Pick<FoundMethod, 'host' | 'method'> & { readonly metadata: { readonly errors: ErrorWatch } };

const filtersOn = (target: object): unknown[] =>
  (Reflect.getMetadata(EXCEPTION_FILTERS_METADATA, target) ?? []) as unknown[];

/** Finds out which handlers have exception filters of the user's beside ours. */
@Injectable()
export class HandlerFilters {
  private readonly withOthers = new Set<ErrorWatch>();

  constructor(@Inject(ApplicationConfig) private readonly config: ApplicationConfig) {}

  /**
   * Puts our filter where it is asked first: of a method's filters that is the last, and a decorator above ours has put
   * its own after it. Call it before Nest binds the method, as it looks at the filters then.
   */
  askOursFirst({ host, method, metadata: { errors } }: FilteredMethod): void {
    const callback = (host.prototype as Record<string, object>)[method] as object;
    const others = filtersOn(callback).filter((each) => each !== errors.filter);
    Reflect.defineMetadata(EXCEPTION_FILTERS_METADATA, [...others, errors.filter], callback);
    // Standing for the stock filter of messages, ours must not be asked about anything else.
    const hasOtherEntries = OTHER_ENTRIES.some((key) => Reflect.hasMetadata(key, callback));
    if (hasOtherEntries || others.length > 0 || filtersOn(host).length > 0) this.withOthers.add(errors);
  }

  /** Settles it for a handler that is bound now. Global filters may have been set since the application was created. */
  bind(errors: ErrorWatch): void {
    const global = this.config.getGlobalFilters().length + this.config.getGlobalRequestFilters().length;
    errors.bind(this.withOthers.has(errors) || global > 0);
  }
}
