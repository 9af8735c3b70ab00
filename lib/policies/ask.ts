import { errorText } from '../errors/index.js';

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

const nameOf = (policy: object): string => policy.constructor.name;

/** What a policy of the user's said, or what is wrong with that. */
export type Answer<T> = { readonly said: T } | { readonly error: unknown };

/** Asks a policy of the user's. It may throw and say anything. */
export function ask<T>(policy: object, decide: () => unknown, isAnswer: (said: unknown) => said is T): Answer<T> {
  let said: unknown;
  try {
    said = decide();
  } catch (error) {
    return { error };
  }
  if (isAnswer(said)) return { said };
  if (!isThenable(said)) return { error: new Error(`${nameOf(policy)}.decide gave ${errorText(said)}, no decision`) };
  // Nobody waits for it, so nobody else would see it fail.
  said.then(undefined, () => undefined);
  return { error: new Error(`${nameOf(policy)}.decide gave a promise; it must answer at once`) };
}
