import {
  type CallHandler,
  type ExecutionContext,
  HttpException,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { RedisFlowContext } from 'nestjs-redis-flow';
import { type Observable, tap } from 'rxjs';
import { Journal, type JournalEntry } from './journal.js';

/** What a validation pipe found is in the response, not in the message. */
function reasonOf(error: unknown): string {
  if (error instanceof HttpException) {
    const { message } = error.getResponse() as { message?: unknown };
    if (Array.isArray(message)) return message.join(', ');
  }
  return error instanceof Error ? error.message : String(error);
}

/** Writes down every attempt to handle a message. HTTP requests pass. */
@Injectable()
export class JournalInterceptor implements NestInterceptor {
  constructor(private readonly journal: Journal) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'rpc') return next.handle();
    const { message, attempt, source } = context.switchToRpc().getContext<RedisFlowContext>();
    const { id: messageId, data } = message;
    const note = (what: JournalEntry['what'], detail?: string): void => {
      const { mechanism, key } = source;
      this.journal.add({ mechanism, key, messageId, attempt, what, data, ...(detail === undefined ? {} : { detail }) });
    };
    note('started');
    return next.handle().pipe(
      tap({
        next: (result) => note('handled', String(result)),
        error: (error: unknown) => note('failed', reasonOf(error)),
      }),
    );
  }
}
