import { type Check, type Checks, duration, integer, isObject, object, oneOf, text } from './check.js';
import { isEntryId } from './entry-id.js';

const isStart = (value: unknown): boolean => value === '$' || isEntryId(value);

const checkpoint = object({ checkpoint: text }, ['checkpoint']);

const from: Check = (value) => {
  if (isStart(value)) return undefined;
  return isObject(value) ? checkpoint(value) : { allowed: `'0', '$', an entry's id or { checkpoint: name }` };
};

const readerFrom: Check = (value) => (isStart(value) ? undefined : { allowed: `'0', '$' or an entry's id` });

const RETENTION = `'acked', { maxLength: entries } or { maxAge: ms }`;

const retention: Check = (value) => {
  if (value === 'acked') return undefined;
  const limits = isObject(value) ? Object.values(value) : [];
  if (limits.length !== 1 || limits[0] === undefined) return { allowed: RETENTION };
  return object({ maxLength: integer(1), maxAge: duration(1) })(value);
};

/** What only streams have. */
export const streamChecks: Checks = {
  group: text,
  from,
  onGroupMissing: oneOf(['recreate', 'recreate-from-end', 'fail']),
  retention,
  reader: object({ from: readerFrom, checkpoint: text }),
};
