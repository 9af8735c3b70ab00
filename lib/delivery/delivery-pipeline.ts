import type { Logger } from '@nestjs/common';
import { UndecodableMessageError } from '../errors/index.js';
import type { Decoded } from '../message/index.js';
import { type FailurePolicy, type Outcome, decideSettlement } from '../policies/index.js';
import { logSettlement } from './delivery-log.js';
import type { Deliver, Delivery } from './delivery.interface.js';
import { type Invoke, invokeHandler } from './invoke.js';
import { RedisFlowContext } from './redis-flow-context.js';

/** Runs `run` between Nest's processing hooks; resolves when `run` has. */
export type ProcessingHooks = (context: RedisFlowContext, run: () => Promise<void>) => Promise<void>;

/** A handler as the delivery sees it. */
export interface DeliveryHandler {
  /** `OrdersController.charge` */
  readonly owner: string;
  readonly invoke: Invoke;
  readonly timeout: number | undefined;
  readonly policy: FailurePolicy;
}

type DecodeResult = { readonly decoded: Decoded } | { readonly error: UndecodableMessageError };

function decode(delivery: Delivery): DecodeResult {
  try {
    return { decoded: delivery.decode() };
  } catch (cause) {
    const { mechanism, key } = delivery.source;
    return { error: new UndecodableMessageError(`message ${delivery.id} of ${mechanism} "${key}"`, { cause }) };
  }
}

async function handle(handler: DeliveryHandler, hooks: ProcessingHooks, delivery: Delivery): Promise<Outcome> {
  if (delivery.attempt > handler.policy.retry.attempts) return { type: 'crashed' };
  const result = decode(delivery);
  if ('error' in result) return { type: 'failed', error: result.error };
  const { id, timestamp, source, attempt, abort } = delivery;
  const context = new RedisFlowContext({ id, timestamp, source, ...result.decoded }, attempt, abort);
  let outcome: Outcome | undefined;
  await hooks(context, async () => {
    outcome = await invokeHandler(handler, context, abort);
  });
  return outcome ?? { type: 'failed', error: new Error('a processing hook did not run the handler') };
}

/** decode → invoke → outcome → policy → settle: the way of every message, whatever the mechanism. */
export function createDeliver(handler: DeliveryHandler, hooks: ProcessingHooks, logger: Logger): Deliver {
  return async (delivery) => {
    const outcome = await handle(handler, hooks, delivery).catch((error: unknown): Outcome => ({
      type: 'failed',
      error,
    }));
    const settlement = decideSettlement(handler.policy, outcome, delivery.attempt);
    logSettlement(logger, handler.owner, delivery, settlement);
    await delivery.settle(settlement);
  };
}
