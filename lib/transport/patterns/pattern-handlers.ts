import { Logger } from '@nestjs/common';
import {
  EMPTY,
  type Observable,
  catchError,
  concat,
  defer,
  ignoreElements,
  isObservable,
  merge,
  mergeMap,
  of,
} from 'rxjs';
import type { Invoke, RedisFlowContext } from '../../delivery/index.js';
import type { PatternContext } from './pattern-context.js';

/** A stock handler, bound by Nest. */
export interface StockHandler {
  /** `MathController.sum` */
  readonly owner: string;
  readonly isEvent: boolean;
  readonly invoke: Invoke;
}

const toObservable = (value: unknown): Observable<unknown> => (isObservable(value) ? value : of(value));

/** Runs all of them, also where one fails; it fails with the first error then. */
function runAll(handlers: readonly StockHandler[], data: unknown, context: RedisFlowContext): Observable<never> {
  const errors: unknown[] = [];
  const runs = handlers.map(({ invoke }) =>
    defer(async () => invoke(data, context)).pipe(
      mergeMap(toObservable),
      ignoreElements(),
      catchError((error: unknown) => {
        errors.push(error);
        return EMPTY;
      }),
    ),
  );
  const failed = defer(() => {
    if (errors.length > 0) throw errors[0];
    return EMPTY;
  });
  return concat(merge(...runs), failed);
}

/** All stock handlers of one pattern. Several may handle its events; one answers its requests. */
export class PatternHandlers {
  private readonly logger = new Logger('RedisFlowModule');
  private readonly events: StockHandler[] = [];
  private message: StockHandler | undefined;

  constructor(private readonly pattern: string) {}

  get hasEvents(): boolean {
    return this.events.length > 0;
  }

  /** Of several that would answer requests the last one does, as Nest has it. */
  add(handler: StockHandler): void {
    if (handler.isEvent) {
      this.events.push(handler);
      return;
    }
    if (this.message !== undefined) {
      const { owner } = this.message;
      this.logger.warn(`${handler.owner} and ${owner} have @MessagePattern "${this.pattern}": the first one answers`);
    }
    this.message = handler;
  }

  readonly invoke: Invoke = (data, context) => {
    const { answer } = context as PatternContext;
    if (answer === undefined) return this.handle(data, context);
    const { message } = this;
    return answer.give(() => (message ?? { invoke: this.handle }).invoke(data, context));
  };

  /** An event, or a request where nobody but the events' handlers is there. */
  private readonly handle: Invoke = (data, context) => {
    const handlers = this.events.length === 0 && this.message !== undefined ? [this.message] : this.events;
    const [only] = handlers;
    return handlers.length === 1 ? only?.invoke(data, context) : runAll(handlers, data, context);
  };
}
