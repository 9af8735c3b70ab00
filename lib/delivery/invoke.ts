import { isObservable, type Observable } from 'rxjs';
import { HandlerTimeoutError, UnsettledMessageError } from '../errors/index.js';
import type { Outcome } from '../options/index.js';
import { BatchFailure, COMPLETED, ControlFlow } from '../policies/index.js';
import { Deadline } from './deadline.js';
import type { LazyAbort } from './lazy-abort.js';
import { type ErrorRecord, type ErrorWatch, originalError, recordErrors } from './error-watch.js';
import type { RedisFlowContext } from './redis-flow-context.js';

/** A handler behind its whole Nest pipeline. Its promise may give an observable. */
export type Invoke = (data: unknown, context: RedisFlowContext) => unknown;

/** What is done with the outcome, in the turn in which it is known: another turn would cost each message. */
export type Finish<T> = (outcome: Outcome) => T | Promise<T>;

/** What running a handler takes. */
export interface InvokedHandler {
  /** `OrdersController.charge` */
  readonly owner: string;
  readonly invoke: Invoke;
  readonly timeout: number | undefined;
  readonly errors: ErrorWatch;
  /** Whether the handler says itself when its message is done, maybe after it has returned. */
  readonly isManual: boolean;
}

/** The last value of the observable when it completes. It is unsubscribed from, and the promise rejects, when the delivery is aborted. */
function completionOf(stream: Observable<unknown>, abort: LazyAbort): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let last: unknown;
    const subscription = stream.subscribe({
      next: (value) => (last = value),
      error: reject,
      complete: () => resolve(last),
    });
    abort.onAbort((reason) => {
      subscription.unsubscribe();
      reject(reason instanceof Error ? reason : new Error(String(reason)));
    });
  });
}

async function runToCompletion(invoke: Invoke, context: RedisFlowContext): Promise<unknown> {
  const result = await invoke(context.message.data, context);
  return isObservable(result) ? completionOf(result, context.abort) : result;
}

/** Waits for the handler's word, which may come while it runs or after it has returned. */
async function untilDecided(run: Promise<unknown>, context: RedisFlowContext): Promise<unknown> {
  const returned = run.then(async (value) => {
    if (value instanceof ControlFlow || value instanceof BatchFailure) return value;
    context.returned();
    await context.whenDecided();
    return undefined;
  });
  const aborted = new Promise<never>((_, reject) => context.abort.onAbort((reason) => reject(reason as Error)));
  return Promise.race([returned, context.whenDecided(), aborted]);
}

/** Rejects when the time is over, and fires the abort. */
async function withTimeout(
  run: Promise<unknown>,
  { timeout = 0, owner, isManual }: InvokedHandler,
  context: RedisFlowContext,
): Promise<unknown> {
  const { abort } = context;
  let deadline: Deadline | undefined;
  const over = new Promise((_, reject) => {
    deadline = new Deadline(timeout, () => {
      const ErrorType = isManual && context.hasReturned ? UnsettledMessageError : HandlerTimeoutError;
      const error = new ErrorType(owner, timeout);
      reject(error);
      abort.abort(error);
    });
    context.onExtend(deadline.move);
  });
  try {
    return await Promise.race([run, over]);
  } finally {
    deadline?.clear();
  }
}

function outcomeOf(result: unknown, context: RedisFlowContext): Outcome {
  if (context.decided !== undefined) return { type: 'decided', settlement: context.decided };
  if (result instanceof ControlFlow) return { type: 'decided', settlement: result.settlement };
  return result instanceof BatchFailure ? { type: 'failed', error: result } : COMPLETED;
}

function failureOf(error: unknown, context: RedisFlowContext): Outcome {
  if (context.decided !== undefined) return { type: 'decided', settlement: context.decided };
  return error instanceof ControlFlow ? { type: 'decided', settlement: error.settlement } : { type: 'failed', error };
}

/** Its promise, also of a handler that has none, or that throws at once. */
function promiseOf(invoke: Invoke, context: RedisFlowContext): Promise<unknown> {
  try {
    return Promise.resolve(invoke(context.message.data, context));
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

/** Runs most handlers: with nothing in between that would cost each message a turn. */
function invokePlain<T>(invoke: Invoke, context: RedisFlowContext, finish: Finish<T>): Promise<T> {
  const complete = (result: unknown): T | Promise<T> => finish(outcomeOf(result, context));
  const fail = (error: unknown): T | Promise<T> => finish(failureOf(error, context));
  return promiseOf(invoke, context).then((result) => {
    return isObservable(result) ? completionOf(result, context.abort).then(complete, fail) : complete(result);
  }, fail);
}

/**
 * Runs a handler for one delivery until its promise and its observable have completed, or its time is over. Rejects only
 * where `finish` does.
 */
export function invokeHandler<T>(handler: InvokedHandler, context: RedisFlowContext, finish: Finish<T>): Promise<T> {
  const { invoke, isManual, timeout, errors } = handler;
  const isPlain = errors.isAlone && !isManual && timeout === undefined;
  return isPlain ? invokePlain(invoke, context, finish) : invokeWatched(handler, context).then(finish);
}

async function invokeWatched(handler: InvokedHandler, context: RedisFlowContext): Promise<Outcome> {
  const { invoke, isManual, timeout, errors } = handler;
  const record: ErrorRecord = {};
  try {
    const start = () => runToCompletion(invoke, context);
    // Recording costs every promise of the process, so it is left out where our filter stands alone.
    const handled = errors.isAlone ? start() : recordErrors(record, start);
    const run = isManual ? untilDecided(handled, context) : handled;
    const result = await (timeout === undefined ? run : withTimeout(run, handler, context));
    return outcomeOf(result, context);
  } catch (arrived) {
    return failureOf(originalError(arrived, record), context);
  }
}
