import type { Logger } from '@nestjs/common';
import { UndecodableMessageError } from '../errors/index.js';
import type { Report } from '../events/index.js';
import type { Message } from '../message/index.js';
import type { Outcome, Settlement } from '../options/index.js';
import { ACK, type HandlerPolicy, decideSettlement } from '../policies/index.js';
import { logSettlement, reportSettlement } from './delivery-log.js';
import type { Deliver, Delivery } from './delivery.interface.js';
import { type Finish, type InvokedHandler, invokeHandler } from './invoke.js';
import { RedisFlowContext } from './redis-flow-context.js';

/** Runs `run` between Nest's processing hooks; resolves with what `run` does. */
export type ProcessingHooks = <T>(context: RedisFlowContext, run: () => Promise<T>) => Promise<T>;

const SETTLED = Promise.resolve();

/** A handler as the delivery sees it. */
export interface DeliveryHandler extends InvokedHandler {
  /** The module's `name`. */
  readonly connection: string;
  readonly policy: HandlerPolicy;
}

/** decode → invoke → outcome → policy → settle: the way of every message, whatever the mechanism. */
export class DeliveryPipeline {
  constructor(
    readonly handler: DeliveryHandler,
    /** Undefined where nobody wants them: most applications. */
    private readonly hooks: () => ProcessingHooks | undefined,
    private readonly report: Report,
    private readonly logger: Logger,
  ) {}

  readonly deliver: Deliver = (delivery) => {
    const message = this.messageOf(delivery);
    if ('failure' in message) return this.settle(delivery, undefined, message.failure) ?? SETTLED;
    const known = this.knownSettlement(delivery, message);
    if (known !== undefined) return this.carryOut(delivery, message, known) ?? SETTLED;
    const context = new RedisFlowContext(message, delivery);
    return this.runTo((outcome) => this.settle(delivery, message, outcome), context);
  };

  /** Runs the handler. Never rejects. */
  run(context: RedisFlowContext): Promise<Outcome> {
    return this.runTo((outcome) => outcome, context);
  }

  /** The same, and gives what became of it to `finish` in that turn. Rejects only where that does. */
  private runTo<T>(finish: Finish<T>, context: RedisFlowContext): Promise<T> {
    const hooks = this.hooks();
    if (hooks === undefined) return invokeHandler(this.handler, context, finish);
    return hooks(context, () => invokeHandler(this.handler, context, (outcome) => outcome))
      .catch((error: unknown): Outcome => ({ type: 'failed', error }))
      .then(finish);
  }

  /** What is settled before the handler is asked: it is not asked then. A policy is asked once, so it is to be carried out. */
  knownSettlement(delivery: Delivery, message: Message): Settlement | undefined {
    if (delivery.verdict !== undefined) return this.decide(delivery, message, delivery.verdict);
    if (!delivery.hasCrashed) return undefined;
    const settlement = this.decide(delivery, message, { type: 'crashed' });
    return settlement.type === 'retry' ? undefined : settlement;
  }

  /** The message, or what is wrong with it. */
  messageOf(delivery: Delivery): Message | { readonly failure: Outcome } {
    const { id, timestamp, source } = delivery;
    try {
      const { data, headers } = delivery.decode();
      return { id, data, headers, source, timestamp };
    } catch (cause) {
      const where = `message ${id} of ${source.mechanism} "${source.key}"`;
      return { failure: { type: 'failed', error: new UndecodableMessageError(where, { cause }) } };
    }
  }

  /** Makes what follows from the outcome durable. Undefined: the mechanism sees to it. */
  settle(delivery: Delivery, message: Message | undefined, outcome: Outcome): Promise<void> | undefined {
    return this.carryOut(delivery, message, this.decide(delivery, message, outcome));
  }

  /** Makes a settlement durable. Undefined: the mechanism sees to it. */
  carryOut(delivery: Delivery, message: Message | undefined, settlement: Settlement): Promise<void> | undefined {
    if (settlement.type !== 'ack') this.tell(delivery, settlement);
    const settled = delivery.settle(settlement);
    return settled?.catch((error: unknown) => this.settleRefused(delivery, message, error));
  }

  /** Redis has refused the transaction: the attempt has failed. */
  private async settleRefused(delivery: Delivery, message: Message | undefined, error: unknown): Promise<void> {
    const settlement = this.decide(delivery, message, { type: 'failed', error });
    this.tell(delivery, settlement);
    await delivery.settle(settlement);
  }

  private decide(delivery: Delivery, message: Message | undefined, outcome: Outcome): Settlement {
    if (outcome.type === 'completed' && this.handler.policy.ack.decide === undefined) return ACK;
    const { source, hasCrashed } = delivery;
    // The crashed attempt is the one before this one, which has not begun.
    const attempt = outcome.type === 'crashed' && hasCrashed ? delivery.attempt - 1 : delivery.attempt;
    return decideSettlement(this.handler.policy, outcome, { message, attempt, source });
  }

  private tell(delivery: Delivery, settlement: Settlement): void {
    const { owner, connection } = this.handler;
    logSettlement(this.logger, owner, delivery, settlement);
    reportSettlement(this.report, { handler: owner, connection }, delivery, settlement);
  }
}
