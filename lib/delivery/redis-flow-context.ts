import { BaseRpcContext } from '@nestjs/microservices';
import { AlreadySettledError } from '../errors/index.js';
import type { Message, HeaderRecord, Source } from '../message/index.js';
import { ACK, RELEASE, type Settlement, wholeDelay } from '../policies/index.js';
import type { LazyAbort } from './lazy-abort.js';

/**
 * What a handler gets with `@Ctx()`: its message, which attempt it is, and the ways to say what should become of it.
 *
 * The settlement methods decide; what was decided is carried out when the handler has completed, and wins over what
 * it returns or throws. Each throws `AlreadySettledError` when called after another one.
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
  private settlement: Settlement | undefined;

  /** @internal */
  constructor(
    readonly message: Message<T>,
    /** How many times the handler was started for this message, this time included: 1 is the first. */
    readonly attempt: number,
    private readonly abort: LazyAbort,
  ) {
    super([message]);
  }

  /** Fires when the handler's `timeout` is over, when the message was taken over by another consumer, or when shutdown does not wait any longer. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  get source(): Source {
    return this.message.source;
  }

  /** The same text at every attempt for this message in this group: give it to whatever must happen once. */
  get idempotencyKey(): string {
    const { mechanism, key, group } = this.message.source;
    return [mechanism, key, ...(group === undefined ? [] : [group]), this.message.id].join(':');
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

  /** @internal */
  get decided(): Settlement | undefined {
    return this.settlement;
  }

  private decide(settlement: Settlement): void {
    if (this.settlement !== undefined) {
      throw new AlreadySettledError(this.message.id, this.settlement.type, settlement.type);
    }
    // The attempt has failed, or the message is no longer ours: a late result is ignored.
    if (this.abort.aborted) return;
    this.settlement = settlement;
  }
}
