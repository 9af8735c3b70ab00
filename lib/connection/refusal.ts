import { delayBefore } from './reconnect-delay.js';
import { replyCode } from './redis-errors.js';

/** What to make of a kind of refusal. */
interface Rule {
  /** The next step, for people; undefined where it mends itself. */
  readonly advice?: string;
  /** The longest pause between tries, in ms: long where a person has to act. */
  readonly longestPause: number;
  /** Whether the connection leads to the wrong server, or to one that has become another. */
  readonly isStale?: true;
}

/** Something that passes: a failover, a start, a script that runs. */
const PASSING: Rule = { longestPause: 2_000 };
const FOR_PEOPLE = 10_000;

const RULES: Readonly<Record<string, Rule>> = {
  NOGROUP: PASSING,
  UNBLOCKED: PASSING,
  LOADING: PASSING,
  MASTERDOWN: PASSING,
  CLUSTERDOWN: PASSING,
  TRYAGAIN: PASSING,
  BUSY: PASSING,
  NOSCRIPT: PASSING,
  READONLY: { longestPause: 2_000, isStale: true },
  MOVED: {
    longestPause: FOR_PEOPLE,
    isStale: true,
    advice: 'the key lives on another node: use the connection option { cluster: [nodes] }',
  },
  ASK: { longestPause: 2_000, isStale: true },
  CROSSSLOT: { longestPause: FOR_PEOPLE, advice: 'keys that are used together need one hash tag, such as {orders}' },
  WRONGTYPE: {
    longestPause: FOR_PEOPLE,
    advice: 'the key holds something else: look at it with TYPE, then rename or delete it',
  },
  OOM: { longestPause: FOR_PEOPLE, advice: 'Redis is full: raise maxmemory or trim' },
  MISCONF: { longestPause: FOR_PEOPLE, advice: 'Redis cannot write to its disk' },
  NOPERM: {
    longestPause: FOR_PEOPLE,
    advice: 'the Redis user lacks a permission: see docs/operations.md for what is needed',
  },
  WRONGPASS: { longestPause: FOR_PEOPLE, advice: 'the user or the password in the connection option is wrong' },
  NOAUTH: { longestPause: FOR_PEOPLE, advice: 'Redis wants a password: put it into the connection option' },
};

const ruleOf = (error: unknown): Rule => RULES[replyCode(error) ?? ''] ?? PASSING;

/** What Redis refused and what can be done about it, for people. */
export function explainRefusal(error: Error): string {
  const { advice } = ruleOf(error);
  return advice === undefined ? error.message : `${error.message} (${advice})`;
}

/** Milliseconds before the next try after so many that failed: grows, and is partly random. */
export const pauseAfter = (error: unknown, failures: number): number =>
  delayBefore(failures, ruleOf(error).longestPause);

/** Whether trying again on the same connection would meet the same. */
export const isStaleConnection = (error: unknown): boolean => ruleOf(error).isStale === true;
