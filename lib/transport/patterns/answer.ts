import { Logger } from '@nestjs/common';
import { type Observable, isObservable } from 'rxjs';
import type { LazyAbort } from '../../delivery/index.js';
import { RequestCancelledError, errorText } from '../../errors/index.js';
import { type Command, type RequestProducer, replyCommand, untilDone } from '../../mechanisms/index.js';
import type { Codec, PatternWire, Reply, RequestFacts } from '../../message/index.js';

/** What Nest says to callers of what they are not to know. */
const INTERNAL_ERROR = { status: 'error', message: 'Internal server error' } as const;

/** What answering takes beside the request. */
export interface AnswerParts {
  readonly pattern: string;
  readonly wire: PatternWire;
  readonly codec: Codec;
  readonly producer: RequestProducer;
  /** A reply is on its way: the caller waits anew. */
  readonly onReply: () => void;
}

/** An error has no JSON form of its own. What Nest's filters made is passed on as it is. */
function errorData(error: unknown): unknown {
  if (error instanceof Error && Object.keys(error).length === 0) return { status: 'error', message: error.message };
  return error ?? INTERNAL_ERROR;
}

/** The answer to one request: what its handler returns or emits goes to the caller, until one of them has done. */
export class Answer {
  private readonly logger = new Logger('RedisFlowDelivery');
  /** The last value, kept for a turn: with the end right after it, both go in one reply. */
  private held: { readonly data: unknown } | undefined;

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

  /** The handler was not waited for, and nobody else has the request. */
  refuse(reason: unknown): void {
    const command = this.commandFor({ type: 'error', data: errorData(reason) });
    this.parts.producer.reply(command).catch(() => undefined);
  }

  private stream(values: Observable<unknown>): Promise<void> {
    if (this.abort.aborted) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const subscription = values.subscribe({
        next: (value) => this.next(value, reject),
        error: reject,
        complete: () => resolve(this.complete()),
      });
      this.abort.onAbort(() => {
        subscription.unsubscribe();
        resolve();
      });
    });
  }

  private next(data: unknown, onFailed: (error: unknown) => void): void {
    this.release(onFailed);
    this.held = { data };
    process.nextTick(() => this.release(onFailed));
  }

  /** Sends the held value. A stream with a hole is worth nothing: where that fails, the request has failed. */
  private release(onFailed: (error: unknown) => void): void {
    if (this.held === undefined || this.abort.aborted) return;
    const { data } = this.held;
    this.held = undefined;
    this.send({ type: 'value', data }).catch((error: unknown) => {
      onFailed(error);
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
    const what = `answering a request of "${pattern}"`;
    await untilDone(
      what,
      () => producer.reply(command),
      () => this.abort.aborted,
      this.logger,
    );
  }

  private async send(reply: Reply): Promise<void> {
    const { wire, codec, producer, pattern, onReply } = this.parts;
    const { id, replyTo } = this.request;
    onReply();
    const receivers = await producer.reply(replyCommand(replyTo, wire.reply(id, reply), codec));
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
