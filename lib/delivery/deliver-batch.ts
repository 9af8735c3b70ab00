import { NO_HEADERS, type Message } from '../message/index.js';
import type { Outcome } from '../options/index.js';
import { BatchFailure } from '../policies/index.js';
import type { DeliverBatch, Delivery } from './delivery.interface.js';
import type { DeliveryPipeline } from './delivery-pipeline.js';
import { LazyAbort } from './lazy-abort.js';
import { RedisFlowContext } from './redis-flow-context.js';

/** A delivery whose message can be handed over. */
interface Part {
  readonly delivery: Delivery;
  readonly message: Message;
}

/** One signal for all: it fires when any of them is lost. */
function commonAbort(parts: readonly Part[]): LazyAbort {
  const abort = new LazyAbort();
  for (const { delivery } of parts) delivery.abort.onAbort((reason) => abort.abort(reason));
  return abort;
}

function contextOf(parts: readonly Part[]): RedisFlowContext {
  const messages = parts.map(({ message }) => message);
  const [first] = messages as [Message];
  const host = {
    attempt: Math.max(...parts.map(({ delivery }) => delivery.attempt)),
    abort: commonAbort(parts),
    onceKey: undefined,
    transaction: undefined,
    extend: async (ms: number) => void (await Promise.all(parts.map(({ delivery }) => delivery.extend(ms)))),
  };
  const data = messages.map((message) => message.data);
  return new RedisFlowContext({ ...first, headers: NO_HEADERS, data }, host, messages);
}

/** The failure that names single messages, wherever the handler put it. */
function batchFailure(outcome: Outcome): BatchFailure | undefined {
  return outcome.type === 'failed' && outcome.error instanceof BatchFailure ? outcome.error : undefined;
}

function outcomeFor(part: Part, index: number, outcome: Outcome): Outcome {
  const failure = batchFailure(outcome);
  if (failure === undefined) return outcome;
  const isFailed = failure.failed.includes(index) || failure.failed.includes(part.message.id);
  return isFailed ? { type: 'failed', error: failure.cause ?? failure } : { type: 'completed' };
}

/** Hands what can be handed over to one call of the handler, and settles each message by itself. */
export function createDeliverBatch(pipeline: DeliveryPipeline): DeliverBatch {
  return async (deliveries) => {
    const parts: Part[] = [];
    const settled: Promise<void>[] = [];
    const add = (settling: Promise<void> | undefined): void => {
      if (settling !== undefined) settled.push(settling);
    };
    for (const delivery of deliveries) {
      const message = pipeline.messageOf(delivery);
      if ('failure' in message) {
        add(pipeline.settle(delivery, undefined, message.failure));
        continue;
      }
      const known = pipeline.knownSettlement(delivery, message);
      if (known === undefined) parts.push({ delivery, message });
      else add(pipeline.carryOut(delivery, message, known));
    }
    if (parts.length > 0) {
      const outcome = await pipeline.run(contextOf(parts));
      for (const [index, part] of parts.entries())
        add(pipeline.settle(part.delivery, part.message, outcomeFor(part, index, outcome)));
    }
    await Promise.all(settled);
  };
}
