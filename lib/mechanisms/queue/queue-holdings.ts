import type { OwnItems } from './queue-lists.js';
import type { QueueDelivery } from './queue-delivery.js';

/** How what is held differs from what lies in the consumer's lists. */
export interface Difference {
  /** Held, and in neither list. */
  readonly missing: readonly QueueDelivery[];
  /** Started, and still among what is taken. */
  readonly unnoted: readonly QueueDelivery[];
  /** In a list, and not held. The latest first. */
  readonly unknown: OwnItems;
}

/** Takes one equal item out of a list. Two equal items are two jobs. */
function takeOut(items: Buffer[], item: Buffer): boolean {
  const index = items.findLastIndex((each) => each.equals(item));
  if (index < 0) return false;
  items.splice(index, 1);
  return true;
}

/**
 * Compares what was held with what Redis had in the lists afterwards.
 *
 * @param acknowledged the items of what is held no more, and may still lie there.
 */
export function compare(
  held: readonly QueueDelivery[],
  acknowledged: readonly Buffer[],
  { taken, processing }: OwnItems,
): Difference {
  const left = { taken: [...taken], processing: [...processing] };
  const missing: QueueDelivery[] = [];
  const unnoted: QueueDelivery[] = [];
  for (const delivery of held) {
    const { raw } = delivery.job;
    if (delivery.isStarted && takeOut(left.processing, raw)) continue;
    if (takeOut(left.taken, raw)) {
      if (delivery.isStarted) unnoted.push(delivery);
    } else if (!takeOut(left.processing, raw)) missing.push(delivery);
  }
  for (const raw of acknowledged) if (!takeOut(left.processing, raw)) takeOut(left.taken, raw);
  return { missing, unnoted, unknown: left };
}
