import type { MechanismKind } from '../message/index.js';
import {
  type Check,
  type Checks,
  errorClasses,
  flag,
  integer,
  isObject,
  milliseconds,
  notYet,
  object,
  oneOf,
  part,
  text,
} from './check.js';

const backoffObject = object(
  { type: oneOf(['fixed', 'exponential']), delay: milliseconds(0), max: milliseconds(0), jitter: part },
  ['type', 'delay'],
);

const backoff: Check = (value) => {
  if (typeof value === 'function') return undefined;
  if (isObject(value)) return backoffObject(value);
  return { allowed: `{ type: 'fixed' | 'exponential', delay, max?, jitter? } or a function (attempt, error) => ms` };
};

const retryObject = object({
  attempts: integer(1),
  backoff,
  fatal: errorClasses,
  retryable: errorClasses,
  hold: notYet('no "hold"'),
});

const isPolicy = (value: unknown): boolean =>
  typeof value === 'function' || (isObject(value) && typeof value['decide'] === 'function');

const retry: Check = (value) => {
  if (value === false) return undefined;
  if (isPolicy(value)) return { allowed: '{ attempts, backoff, fatal, retryable } or false', notYet: true };
  return isObject(value) ? retryObject(value) : { allowed: '{ attempts, backoff, fatal, retryable } or false' };
};

const LATER_POLICIES = ['before', 'none', 'manual', 'once'];

const ack = oneOf(['after'], (value) => LATER_POLICIES.includes(value as string) || isObject(value) || isPolicy(value));

const handler: Checks = { connection: text, concurrency: integer(1), timeout: milliseconds(1) };

const atLeastOnce: Checks = {
  ...handler,
  ack,
  retry,
  deadLetter: flag,
  lease: milliseconds(100),
  orderBy: notYet('concurrency: 1, which keeps the order of all'),
  batch: notYet('handlers of single messages'),
};

const START_ID = /^\d+(-\d+)?$/;

const from: Check = (value) => {
  if (value === '$' || (typeof value === 'string' && START_ID.test(value))) return undefined;
  return { allowed: `'0', '$' or an entry's id`, notYet: isObject(value) && 'checkpoint' in value };
};

const CHECKS: Readonly<Record<MechanismKind, Check>> = {
  channel: object({
    ...handler,
    buffer: integer(1),
    overflow: oneOf(['drop-oldest', 'drop-newest']),
    sharded: notYet('channels that are not sharded'),
  }),
  stream: object({
    ...atLeastOnce,
    group: text,
    from,
    onGroupMissing: oneOf(['recreate', 'recreate-from-end', 'fail']),
    retention: notYet('maxLength when appending'),
    reader: notYet('a consumer group'),
  }),
  queue: object({ ...atLeastOnce, order: oneOf(['fifo', 'lifo']) }),
};

/** The check of all options of a mechanism's handlers. */
export const handlerCheck = (mechanism: MechanismKind): Check => CHECKS[mechanism];
