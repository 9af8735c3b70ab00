import { InvalidOptionError } from '../errors/index.js';
import type { AckPolicy, AckTiming } from './ack-policy.interface.js';
import { type Check, type Problem, callable, duration, isClass, isObject, object } from './check.js';

const TIMINGS: readonly unknown[] = ['after', 'before', 'none', 'manual'] satisfies AckTiming[];

/** The shortest time that a done message is remembered, in ms. */
const SHORTEST_WINDOW = 1_000;

/** What is in `{ once: … }`. */
export const onceObject = object({ window: duration(SHORTEST_WINDOW), key: callable('(message) => text') });

const onceOption = object({ once: onceObject }, ['once']);

/** Whether it says when it acknowledges, as a policy's instance does. */
export const isAckPolicy = (value: unknown): value is AckPolicy => isObject(value) && 'timing' in value;

const ALLOWED =
  '"after", "before", "none", "manual", "once", { once: { window, key } }, or an AckPolicy: a class or an object with a timing of "after", "before", "none" or "manual"';

function checkPolicy({ timing, decide }: { readonly timing: unknown; readonly decide?: unknown }): Problem | undefined {
  if (!TIMINGS.includes(timing)) return { allowed: ALLOWED };
  if (decide === undefined || typeof decide === 'function') return undefined;
  return { at: 'decide', value: decide, allowed: 'left out or a function' };
}

/** `ack` of streams and queues. */
export const ack: Check = (value) => {
  if (TIMINGS.includes(value) || value === 'once' || isClass(value)) return undefined;
  if (isAckPolicy(value)) return checkPolicy(value);
  return isObject(value) && 'once' in value ? onceOption(value) : { allowed: ALLOWED };
};

/** When a policy that is no class acknowledges. */
export function timingOf(value: unknown): unknown {
  if (isAckPolicy(value)) return value.timing;
  return TIMINGS.includes(value) ? value : undefined;
}

/**
 * Looks at what a policy's class has made. Its options are checked together with it afterwards.
 *
 * @throws InvalidOptionError.
 */
export function assertAckPolicy(owner: string, source: unknown, policy: unknown): asserts policy is AckPolicy {
  if (isAckPolicy(policy)) return;
  throw new InvalidOptionError(owner, 'ack', source, 'a class whose instances have a timing');
}
