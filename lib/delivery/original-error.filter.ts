import { AsyncLocalStorage } from 'node:async_hooks';
import { Catch, type ExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';
import { ControlFlow } from '../policies/index.js';

/** What was thrown last while one delivery was handled. */
export interface ErrorRecord {
  thrown?: { readonly error: unknown };
}

const current = new AsyncLocalStorage<ErrorRecord>();

/** Runs the handler so that what it throws is remembered in `record`. */
export function recordErrors<T>(record: ErrorRecord, run: () => T): T {
  return current.run(record, run);
}

/** Sees each error that Nest looks up a filter for. Only control flow is an instance of it. */
class ErrorWitness {
  static [Symbol.hasInstance](error: unknown): boolean {
    const record = current.getStore();
    if (record !== undefined) record.thrown = { error };
    return error instanceof ControlFlow;
  }
}

/**
 * Stands among a handler's filters and catches nothing but control flow, which it passes on, as nobody is to log or to
 * translate that. Nest's stock filter for microservices replaces every error by
 * `{ status: 'error', message: 'Internal server error' }` (`exceptions/base-rpc-exception-filter.js`); to choose a
 * filter Nest asks `error instanceof` for each filter's class first, and that is where the original is seen.
 */
@Catch(ErrorWitness as unknown as new () => Error)
export class OriginalErrorFilter implements ExceptionFilter {
  catch(control: ControlFlow): Observable<never> {
    return throwError(() => control);
  }
}

/** The error that was thrown, where what arrived is only the packet that Nest's stock filter made of it. */
export function originalError(arrived: unknown, record: ErrorRecord): unknown {
  return arrived instanceof Error || record.thrown === undefined ? arrived : record.thrown.error;
}
