import { UndecodableMessageError } from '../errors/index.js';
import type { AckPolicy } from '../options/ack-policy.interface.js';
import type { Outcome } from '../options/outcome.interface.js';
import type { DeadLetterReason, Settlement } from '../options/settlement.interface.js';
import { isObject } from '../options/check.js';
import { type Answer, ask } from './ask.js';
import { wholeDelay } from './control-flow.js';
import type { SettledDelivery } from './settled-delivery.interface.js';

const REASONS: readonly unknown[] = [
  'exhausted',
  'fatal',
  'undecodable',
  'crashed',
  'rejected',
  'conflict',
  'lost',
] satisfies DeadLetterReason[];

const isTextOrMissing = (value: unknown): boolean => value === undefined || typeof value === 'string';

const CHECKS: Readonly<Record<Settlement['type'], (settlement: Record<string, unknown>) => boolean>> = {
  ack: () => true,
  release: () => true,
  retry: ({ delay }) => Number.isFinite(delay) && Number(delay) >= 0,
  deadLetter: ({ reason, detail }) => REASONS.includes(reason) && isTextOrMissing(detail),
  drop: ({ reason }) => typeof reason === 'string',
};

function isSettlement(said: unknown): said is Settlement | undefined {
  if (said === undefined) return true;
  if (!isObject(said) || typeof said['type'] !== 'string' || !Object.hasOwn(CHECKS, said['type'])) return false;
  return CHECKS[said['type'] as Settlement['type']](said);
}

const isUndecodable = (outcome: Outcome): boolean =>
  outcome.type === 'failed' && outcome.error instanceof UndecodableMessageError;

/** What an ack policy says; undefined where it leaves it to the retry policy, or is not to be asked. */
export function askAckPolicy(
  policy: AckPolicy,
  outcome: Outcome,
  { message, attempt, source }: SettledDelivery,
): Answer<Settlement | undefined> {
  if (message === undefined || outcome.type === 'crashed' || isUndecodable(outcome)) return { said: undefined };
  const answer = ask(policy, () => policy.decide?.(outcome, { message, attempt, source }), isSettlement);
  if ('error' in answer || answer.said?.type !== 'retry') return answer;
  return { said: { ...answer.said, delay: wholeDelay(answer.said.delay) } };
}
