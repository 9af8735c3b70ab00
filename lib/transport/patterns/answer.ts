import { Logger } from '@nestjs/common';
import { type Observable, isObservable } from 'rxjs';
import type { LazyAbort } from '../../delivery/index.js';
import { RequestCancelledError, errorText } from '../../errors/index.js';
import { type Command, type RequestProducer, replyCommand, untilDone } from '../../mechanisms/index.js';
import type { Codec, PatternWire, Reply, RequestFacts } from '../../message/index.js';

/** What Nest says to callers of what they are not to know. */
const INTERNAL_ERROR = { status: 'error', message: 'Internal server error' } as const;

const BROKEN_OFF: Reply = { type: 'error', data: INTERNAL_ERROR };

/** What answering takes beside the request. */
export interface AnswerParts {
  readonly pattern: string;
  readonly wire: PatternWire;
  readonly codec: Codec;
  readonly producer: RequestProducer;
  /** A reply is on its way: the caller waits anew. */
  readonly onReply: () => void;
}

/** The JSON form of an error lacks its message. What Nest's filters made is passed on as it is. */
function errorData(error: unknown): unknown {
  if (error instanceof Error) {
    const { message } = error;
    return { status: 'error', message, ...Object.fromEntries(Object.entries(error)) };
  }
  return error ?? INTERNAL_ERROR;
}

/** The answer to one request: what its handler returns or emits goes to the caller, until one of them has done. */
export class Answer {
  private readonly logger = new Logger('RedisFlowDelivery');
  /** The last value, kept for a turn: with the end right after it, both go in one reply. */
  private held: { readonly data: unknown } | undefined;
  private isRefused = false;
  /** A value did not reach Redis. */
  private hasHole = false;

  constructor(
    private readonly request: RequestFacts,
    private readonly abort: LazyAbort,
    private readonly parts: AnswerParts,
  ) {}

  /** Resolves when the answer is with Redis, or nobody waits for it. Never rejects. */
  async give(produce: () => unknown): Promise<void> {
    try {
      const result = await produce();
      if (isObservable(result)) await this.stream(result);
      else await this.end(result === undefined ? { type: 'end' } : { type: 'last', data: result });
    } catch (error) {
      await this.fail(error);
    }
  }

  /** The handler has not come to its end, and nobody else will answer: this is said once, and not waited for. */
  refuse(reason: unknown): void {
    if (this.isRefused) return;
    this.isRefused = true;
    const command = this.commandFor({ type: 'error', data: errorData(reason) });
    this.parts.producer.reply(command).catch(() => undefined);
  }

  private stream(values: Observable<unknown>): Promise<void> {
    if (this.abort.aborted) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        subscription.unsubscribe();
        reject(error);
      };
      const subscription = values.subscribe({
        next: (value) => this.next(value, fail),
        error: (error: unknown) => {
          // What came before the error is said before it.
          this.release(fail);
          reject(error as Error);
        },
        complete: () => resolve(this.complete()),
      });
      this.abort.onAbort(() => {
        subscription.unsubscribe();
        resolve();
      });
    });
  }

  private next(data: unknown, fail: (error: unknown) => void): void {
    this.release(fail);
    this.held = { data };
    process.nextTick(() => this.release(fail));
  }

  /** Sends the held value. A stream with a hole is worth nothing: where that fails, the request has failed. */
  private release(fail: (error: unknown) => void): void {
    if (this.held === undefined || this.abort.aborted) return;
    const { data } = this.held;
    this.held = undefined;
    this.send(data).catch((error: unknown) => {
      this.logger.error(`A reply to a request of "${this.parts.pattern}" cannot be sent (${errorText(error)})`);
      this.hasHole = true;
      fail(INTERNAL_ERROR);
    });
  }

  private complete(): Promise<void> {
    const { held } = this;
    this.held = undefined;
    return this.end(held?.data === undefined ? { type: 'end' } : { type: 'last', data: held.data });
  }

  private async fail(error: unknown): Promise<void> {
    await this.end({ type: 'error', data: errorData(error) });
  }

  /** The last reply is tried until the caller does not wait any more: saying it twice does no harm. */
  private async end(reply: Reply): Promise<void> {
    if (this.abort.aborted) return;
    const { pattern, producer } = this.parts;
    const command = this.commandFor(reply);
    // It may be known only now that a value before it was lost: then it must not look as if all had come.
    const last = (): Command => (this.hasHole && reply.type !== 'error' ? this.commandFor(BROKEN_OFF) : command);
    const what = `answering a request of "${pattern}"`;
    await untilDone(
      what,
      () => producer.reply(last()),
      () => this.abort.aborted,
      this.logger,
    );
  }

  private async send(data: unknown): Promise<void> {
    const { wire, codec, producer, pattern, onReply } = this.parts;
    const { id, replyTo } = this.request;
    onReply();
    const receivers = await producer.reply(replyCommand(replyTo, wire.reply(id, { type: 'value', data }), codec));
    if (receivers > 0 || !producer.knowsReceivers) return;
    this.abort.abort(new RequestCancelledError(pattern, 'its caller is gone'));
  }

  /** What cannot be encoded is the handler's fault; the caller is told that there was one. */
  private commandFor(reply: Reply): Command {
    const { wire, codec, pattern } = this.parts;
    const { id, replyTo } = this.request;
    try {
      return replyCommand(replyTo, wire.reply(id, reply), codec);
    } catch (error) {
      this.logger.error(`The answer to a request of "${pattern}" cannot be sent (${errorText(error)})`);
      return replyCommand(replyTo, wire.reply(id, { type: 'error', data: INTERNAL_ERROR }), codec);
    }
  }
}
