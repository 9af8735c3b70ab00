import type { Logger } from '@nestjs/common';
import { UndecodableMessageError } from '../errors/index.js';
import type { Decoded } from '../message/index.js';
import { type FailurePolicy, type Outcome, decideSettlement } from '../policies/index.js';
import { logSettlement } from './delivery-log.js';
import type { Deliver, Delivery } from './delivery.interface.js';
import { type InvokedHandler, invokeHandler } from './invoke.js';
import { RedisFlowContext } from './redis-flow-context.js';

/** Runs `run` between Nest's processing hooks; resolves with what `run` does. */
export type ProcessingHooks = <T>(context: RedisFlowContext, run: () => Promise<T>) => Promise<T>;

/** A handler as the delivery sees it. */
export interface DeliveryHandler extends InvokedHandler {
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
  return hooks(context, () => invokeHandler(handler, context, abort));
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
