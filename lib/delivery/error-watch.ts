import { AsyncLocalStorage } from 'node:async_hooks';
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { BaseRpcExceptionFilter } from '@nestjs/microservices';
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

/** The error that was thrown, where what arrived is only the packet that Nest's stock filter made of it. */
export function originalError(arrived: unknown, record: ErrorRecord): unknown {
  return arrived instanceof Error || record.thrown === undefined ? arrived : record.thrown.error;
}

/** Logs as the stock filter does, and passes on what it was given. */
class PassingFilter extends BaseRpcExceptionFilter {
  override catch(error: never, host: ArgumentsHost): Observable<never> {
    // oxlint-disable-next-line promise/valid-params -- a filter's method, not a promise's
    if (!((error as unknown) instanceof ControlFlow)) super.catch(error, host);
    return throwError(() => error as unknown);
  }
}

/**
 * Keeps the original error of one handler.
 *
 * Nest's stock filter for microservices replaces every error by `{ status: 'error', message: 'Internal server error' }`
 * (`exceptions/base-rpc-exception-filter.js`). So a filter of ours stands among those of the method. Where it is alone,
 * it takes the stock filter's place and passes the error on. Where the user has filters, it only watches: to choose one,
 * Nest asks `error instanceof` for each filter's class, and that is where the error is seen and recorded. Control flow
 * it always passes on, as nobody is to log or to translate that.
 */
export class ErrorWatch {
  readonly filter: ExceptionFilter;
  private hasOthers: boolean | undefined;

  constructor() {
    const matches = (error: unknown): boolean => this.see(error);
    class Witness {
      static [Symbol.hasInstance](error: unknown): boolean {
        return matches(error);
      }
    }
    @Catch(Witness as unknown as new () => Error)
    class OriginalErrorFilter extends PassingFilter {}
    this.filter = new OriginalErrorFilter();
  }

  /** Whether no other filter can stand beside ours. False until that is known. */
  get isAlone(): boolean {
    return this.hasOthers === false;
  }

  /** Said by each application that binds the handler. Where one has other filters, all are prepared for them. */
  bind(hasOthers: boolean): void {
    this.hasOthers = (this.hasOthers ?? false) || hasOthers;
  }

  private see(error: unknown): boolean {
    const record = current.getStore();
    if (record !== undefined) record.thrown = { error };
    return this.isAlone || error instanceof ControlFlow;
  }
}
