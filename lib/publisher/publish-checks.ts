import { type Check, flag, integer, isObject, notYet, object, oneOf, text } from '../options/check.js';

const headers: Check = (value) => (isObject(value) ? undefined : { allowed: 'an object of strings' });
const anything: Check = () => undefined;

const duration = integer(1, ' ms');

const dedupeParts = object({ key: text, window: duration }, ['key']);
const dedupe: Check = (value) => {
  if (typeof value === 'string') return text(value);
  return isObject(value) ? dedupeParts(value) : { allowed: 'a non-empty string or { key, window? }' };
};

/** What each call of the publisher takes; plain JavaScript can pass anything. */
export const PUBLISH_CHECKS = {
  publish: object({ headers, sharded: notYet('channels that are not sharded') }),
  append: object({
    headers,
    id: text,
    maxLength: integer(1),
    maxAge: duration,
    format: oneOf(['envelope', 'fields']),
    dedupe,
  }),
  enqueue: object({
    headers,
    front: flag,
    delay: notYet('jobs without a delay'),
    maxLength: notYet('queues without a limit'),
  }),
  publishMany: object({ data: anything, headers }),
  appendMany: object({ data: anything, headers, id: text }),
  enqueueMany: object({ data: anything, headers, delay: notYet('jobs without a delay') }),
} as const;
