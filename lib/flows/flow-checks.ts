import { type Check, object, text } from '../options/check.js';

const entryId: Check = (value) =>
  typeof value === 'string' && /^\d{1,20}(-\d{1,20})?$/.test(value)
    ? undefined
    : { allowed: 'the id of a notification, such as "1700000000000-0"' };

/** Plain JavaScript can pass anything. */
export const NOTIFICATIONS_CHECK = object({ channel: text, history: text, after: entryId }, ['channel', 'history']);
