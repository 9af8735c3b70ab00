import type { Keys } from '../../message/index.js';

/** The group that reads requests: the same in every service, so that one instance of all gets each, and callers know it. */
export const REQUEST_GROUP = 'requests';

/**
 * How long a living consumer may be silent, in ms: it reads every five seconds, or renews what it holds.
 */
export const LIVE_WITHIN = 10_000;

/** The channel on which callers say that they do not wait any more, the request's id as the message. */
export const cancelChannel = (keys: Keys, pattern: string): string => keys.derived(pattern, 'cancel');

/** The channel on which one client gets its answers. */
export const replyChannel = (keys: Keys, client: string): string => keys.of(`reply:${client}`);
