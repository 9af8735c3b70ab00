import { type Check, object, text } from '../options/check.js';
import { isEntryId } from '../options/entry-id.js';

const entryId: Check = (value) =>
  isEntryId(value) ? undefined : { allowed: 'the id of a notification, such as "1700000000000-0"' };

/** Plain JavaScript can pass anything. */
export const NOTIFICATIONS_CHECK = object({ channel: text, history: text, after: entryId }, ['channel', 'history']);
