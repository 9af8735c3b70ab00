import type { Delivery } from '../../delivery/index.js';
import type { AnyMessage, Message } from '../../message/index.js';
import type { Outcome } from '../../options/index.js';

/** The message, as functions in a handler's options get it; undefined for what cannot be decoded: its delivery will meet the same. */
export function messageOf(delivery: Delivery): Message | undefined {
  try {
    const { id, source, timestamp } = delivery;
    const { data, headers } = delivery.decode();
    return { id, data, headers, source, timestamp };
  } catch {
    return undefined;
  }
}

/** Finds a message's place in the order. What has no key is in nobody's way; what the function throws is its message's failure. */
export function placeInOrder(
  delivery: Delivery & { lane: unknown; verdict: Outcome | undefined },
  orderBy: ((message: AnyMessage) => unknown) | undefined,
): void {
  if (orderBy === undefined) return;
  delivery.lane = delivery;
  const message = messageOf(delivery);
  if (message === undefined) return;
  try {
    delivery.lane = orderBy(message) ?? delivery;
  } catch (error) {
    delivery.verdict = { type: 'failed', error };
  }
}
