import { BaseRpcContext } from '@nestjs/microservices';
import { AlreadySettledError, IdempotencyKeyNotAvailableError, TransactionNotAvailableError } from '../errors/index.js';
import type { Message, HeaderRecord, Source } from '../message/index.js';
import type { Settlement } from '../options/index.js';
import { ACK, RELEASE, wholeDelay } from '../policies/index.js';
import type { LazyAbort } from './lazy-abort.js';
import type { Transaction } from './transaction.interface.js';

/** What stands behind a context: one delivery, or a batch of them. */
export interface ContextHost {
  readonly attempt: number;
  readonly abort: LazyAbort;
  readonly onceKey: string | undefined;
  readonly transaction: Transaction | undefined;
  extend(ms: number): Promise<void>;
}

/**
 * What a handler gets with `@Ctx()`: its message, which attempt it is, and the ways to say what should become of it.
 *
 * The settlement methods decide; what was decided is carried out when the handler has completed, and wins over what
 * it returns or throws. With `ack: 'manual'` it is carried out at once, and they may be called after the handler has
 * returned. Each throws `AlreadySettledError` when called after another one.
 *
 * @example
 * ```ts
 * @OnStream('orders')
 * async charge(@Payload() order: Order, @Ctx() context: RedisFlowContext) {
 *   if (await this.isTooEarly(order)) context.retry({ delay: 5_000 });
 *   else await this.bank.charge(order, { idempotencyKey: context.idempotencyKey, signal: context.signal });
 * }
 * ```
 */
export class RedisFlowContext<T = unknown> extends BaseRpcContext<[Message<T>]> {
  /** How many times the handler was started for this message, this time included: 1 is the first. Of a batch, the highest. */
  readonly attempt: number;
  private ownAbort: LazyAbort | undefined;
  private settlement: Settlement | undefined;
  private isReturned = false;
  private deciding: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  private moveDeadline: ((ms: number) => void) | undefined;

  /** @internal */
  constructor(
    /** The message. Of a batch: its `data` is the array that `@Payload()` gives, the rest is the first one's. */
    readonly message: Message<T>,
    private readonly host: ContextHost,
    private readonly batch?: readonly Message[],
  ) {
    super([message]);
    this.attempt = host.attempt;
  }

  /** The messages of a batch, in order; outside a batch the one message. */
  get messages(): readonly Message[] {
    return this.batch ?? [this.message];
  }

  /** Fires when the handler's `timeout` is over, when the message was taken over by another consumer, or when shutdown does not wait any longer. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** Where the message came from: its stream, queue or channel, and what belongs to that. Of a batch, the first one's. */
  get source(): Source {
    return this.message.source;
  }

  /**
   * The same text at every attempt for this message in this group: give it to whatever must happen once. With `'once'`
   * it ends with the idempotency key, else with the message's id.
   *
   * @throws IdempotencyKeyNotAvailableError for batches: their messages do not come together again.
   */
  get idempotencyKey(): string {
    if (this.batch !== undefined) throw new IdempotencyKeyNotAvailableError();
    const { mechanism, key, group } = this.message.source;
    const own = this.host.onceKey ?? this.message.id;
    return [mechanism, key, ...(group === undefined ? [] : [group]), own].join(':');
  }

  /**
   * Redis writes that are applied together with the acknowledgement, or not at all.
   *
   * @throws TransactionNotAvailableError for `ack: 'before'` and `'none'`, for readers, batches, queues and channels.
   */
  get transaction(): Transaction {
    const { transaction } = this.host;
    if (transaction === undefined) {
      const { mechanism, group } = this.message.source;
      const single = mechanism === 'stream' ? "this handler's ack policy" : `a ${mechanism}`;
      const where = this.batch === undefined ? single : 'a batch';
      throw new TransactionNotAvailableError(
        mechanism === 'stream' && group === undefined ? 'a reader' : where,
        "a stream of single messages with ack: 'after', 'manual' or 'once'",
      );
    }
    return transaction;
  }

  /**
   * Gives this attempt more time: its lease is renewed now and its `timeout`, where it has one, ends in `ms` at the
   * earliest. A lease needs no help while the process lives: heartbeats renew it.
   *
   * @param ms milliseconds from now, 1 or more.
   * @throws LeaseLostError where the message belongs to another consumer by now.
   */
  async extend(ms: number): Promise<void> {
    if (!(ms >= 1) || !Number.isFinite(ms)) throw new RangeError(`extend takes milliseconds of at least 1, not ${ms}`);
    this.moveDeadline?.(ms);
    await this.host.extend(ms);
  }

  /** The message is done. */
  ack(): void {
    this.decide(ACK);
  }

  /** Handle it again after `delay` ms (default 0). It counts as an attempt. */
  retry(options: { readonly delay?: number } = {}): void {
    this.decide({ type: 'retry', delay: wholeDelay(options.delay ?? 0) });
  }

  /** Hand it back as if it had not been taken: anyone may have it now, and no attempt is charged. */
  release(): void {
    this.decide(RELEASE);
  }

  /** Give it up and keep it in the dead letters with this reason. */
  deadLetter(reason: string): void {
    this.decide({ type: 'deadLetter', reason: 'rejected', detail: reason });
  }

  /** Give it up and keep nothing. It is logged. */
  drop(reason = 'dropped by the handler'): void {
    this.decide({ type: 'drop', reason });
  }

  /** The stream, the queue, or the channel's template: few different values, fit for naming operations. */
  getPattern(): string {
    return this.message.source.key;
  }

  /** The headers, where Nest's own instrumentation looks for trace ids. */
  getMetadata(): HeaderRecord {
    return this.message.headers;
  }

  /** @internal That of this attempt: the next one, if there is one, has its own. Most handlers need none. */
  get abort(): LazyAbort {
    return (this.ownAbort ??= this.host.abort);
  }

  /** @internal */
  get decided(): Settlement | undefined {
    return this.settlement;
  }

  /** @internal Resolves when a settlement method has been called. */
  whenDecided(): Promise<void> {
    if (this.settlement !== undefined) return Promise.resolve();
    if (this.deciding === undefined) {
      let resolve: () => void = () => undefined;
      const promise = new Promise<void>((done) => (resolve = done));
      this.deciding = { promise, resolve };
    }
    return this.deciding.promise;
  }

  /** @internal */
  get hasReturned(): boolean {
    return this.isReturned;
  }

  /** @internal The handler has returned and has not settled its message yet. */
  returned(): void {
    this.isReturned = true;
  }

  /** @internal */
  onExtend(moveDeadline: (ms: number) => void): void {
    this.moveDeadline = moveDeadline;
  }

  private decide(settlement: Settlement): void {
    if (this.settlement !== undefined) {
      throw new AlreadySettledError(this.message.id, this.settlement.type, settlement.type);
    }
    // The attempt has failed, or the message is no longer ours: a late result is ignored.
    if (this.abort.aborted) return;
    this.settlement = settlement;
    this.deciding?.resolve();
  }
}
