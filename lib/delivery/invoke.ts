import { isObservable, type Observable } from 'rxjs';
import { HandlerTimeoutError } from '../errors/index.js';
import { COMPLETED, ControlFlow, type Outcome } from '../policies/index.js';
import type { LazyAbort } from './lazy-abort.js';
import { type ErrorRecord, type ErrorWatch, originalError, recordErrors } from './error-watch.js';
import type { RedisFlowContext } from './redis-flow-context.js';

/** A handler behind its whole Nest pipeline. Its promise may give an observable. */
export type Invoke = (data: unknown, context: RedisFlowContext) => unknown;

/** What running a handler takes. */
export interface InvokedHandler {
  /** `OrdersController.charge` */
  readonly owner: string;
  readonly invoke: Invoke;
  readonly timeout: number | undefined;
  readonly errors: ErrorWatch;
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

async function runToCompletion(invoke: Invoke, context: RedisFlowContext, abort: LazyAbort): Promise<unknown> {
  const result = await invoke(context.message.data, context);
  return isObservable(result) ? completionOf(result, abort) : result;
}

/** Rejects when the time is over, and fires the abort. */
async function withTimeout(run: Promise<unknown>, timeout: number, owner: string, abort: LazyAbort): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise((_, reject) => {
    timer = setTimeout(() => {
      const error = new HandlerTimeoutError(owner, timeout);
      reject(error);
      abort.abort(error);
    }, timeout);
  });
  try {
    return await Promise.race([run, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

function outcomeOf(result: unknown, context: RedisFlowContext): Outcome {
  if (context.decided !== undefined) return { type: 'decided', settlement: context.decided };
  return result instanceof ControlFlow ? { type: 'decided', settlement: result.settlement } : COMPLETED;
}

function failureOf(error: unknown, context: RedisFlowContext): Outcome {
  if (context.decided !== undefined) return { type: 'decided', settlement: context.decided };
  return error instanceof ControlFlow ? { type: 'decided', settlement: error.settlement } : { type: 'failed', error };
}

/** Runs a handler for one delivery until its promise and its observable have completed, or its time is over. Never rejects. */
export async function invokeHandler(
  handler: InvokedHandler,
  context: RedisFlowContext,
  abort: LazyAbort,
): Promise<Outcome> {
  const record: ErrorRecord = {};
  try {
    const start = () => runToCompletion(handler.invoke, context, abort);
    // Recording costs every promise of the process, so it is left out where our filter stands alone.
    const run = handler.errors.isAlone ? start() : recordErrors(record, start);
    const { timeout, owner } = handler;
    const result = await (timeout === undefined ? run : withTimeout(run, timeout, owner, abort));
    return outcomeOf(result, context);
  } catch (arrived) {
    return failureOf(originalError(arrived, record), context);
  }
}
