import { type Check, flag, integer, isObject, object, oneOf, text } from '../options/check.js';

const headers: Check = (value) => (isObject(value) ? undefined : { allowed: 'an object of strings' });
const anything: Check = () => undefined;

const duration = integer(1, ' ms');
const delay = integer(0, ' ms');

const dedupeParts = object({ key: text, window: duration }, ['key']);
const dedupe: Check = (value) => {
  if (typeof value === 'string') return text(value);
  return isObject(value) ? dedupeParts(value) : { allowed: 'a non-empty string or { key, window? }' };
};

const enqueueOptions = object({ headers, front: flag, delay, maxLength: integer(1) });

/** A delayed job does not wait in the list: it has no place there, and nothing falls out of the list for it. */
const enqueue: Check = (value) => {
  const problem = enqueueOptions(value);
  if (problem !== undefined || !isObject(value) || !value['delay']) return problem;
  if (value['front'] === true)
    return {
      at: 'front',
      value: true,
      allowed: 'false or left out with "delay": a delayed job is next when it is due',
    };
  if (value['maxLength'] === undefined) return undefined;
  const allowed = 'left out with "delay": a delayed job does not wait in the list';
  return { at: 'maxLength', value: value['maxLength'], allowed };
};

/** What each call of the publisher takes; plain JavaScript can pass anything. */
export const PUBLISH_CHECKS = {
  publish: object({ headers, sharded: flag }),
  notify: object({ history: text, maxLength: integer(1), headers }, ['history']),
  append: object({
    headers,
    id: text,
    maxLength: integer(1),
    maxAge: duration,
    format: oneOf(['envelope', 'fields']),
    dedupe,
  }),
  enqueue,
  publishMany: object({ data: anything, headers }),
  appendMany: object({ data: anything, headers, id: text }),
  enqueueMany: object({ data: anything, headers, delay }),
} as const;
