import { LONGEST_TIME } from './longest-time.js';
import { NO_HEADERS } from './headers.js';
import type { Decoded, HeaderRecord } from './message.interface.js';
import type { Incoming, Outgoing, PatternWire, ReceivedReply, Reply, RequestFacts } from './pattern-wire.interface.js';

/** The headers that make a message a request. The answer carries `reply-id` as well, and `reply`: what kind of reply it is. */
export const REPLY_TO_HEADER = 'reply-to';
export const REPLY_ID_HEADER = 'reply-id';
/** How long the caller waits for each reply, in ms. */
export const REPLY_WITHIN_HEADER = 'reply-within';
const REPLY_HEADER = 'reply';

const REPLY_TYPES: ReadonlySet<string> = new Set<Reply['type']>(['value', 'last', 'end', 'error']);

/** A number of ms, or undefined for what is none. */
export function readWithin(text: string | undefined): number | undefined {
  const within = Number(text);
  return Number.isInteger(within) && within > 0 ? Math.min(within, LONGEST_TIME) : undefined;
}

/** An own message is an ordinary one of this library, with headers that say where the answer goes. */
export const flowWire: PatternWire = {
  message(_pattern: unknown, { data, headers }: Outgoing, request?: RequestFacts): Outgoing {
    if (request === undefined) return { data, headers };
    const facts: HeaderRecord = {
      ...headers,
      [REPLY_TO_HEADER]: request.replyTo,
      [REPLY_ID_HEADER]: request.id,
      ...(request.within !== undefined && { [REPLY_WITHIN_HEADER]: String(request.within) }),
    };
    return { data, headers: facts };
  },

  readMessage({ data, headers }: Decoded): Incoming {
    if (headers === NO_HEADERS) return { data, headers, request: undefined };
    const { [REPLY_TO_HEADER]: replyTo, [REPLY_ID_HEADER]: id, [REPLY_WITHIN_HEADER]: within, ...others } = headers;
    if (replyTo === undefined || id === undefined) return { data, headers, request: undefined };
    return { data, headers: others, request: { id, replyTo, within: readWithin(within) } };
  },

  reply(id: string, { type, data = null }: Reply): Outgoing {
    return { data, headers: { [REPLY_ID_HEADER]: id, [REPLY_HEADER]: type } };
  },

  readReply({ data, headers }: Decoded): ReceivedReply | undefined {
    const { [REPLY_ID_HEADER]: id, [REPLY_HEADER]: type } = headers;
    if (id === undefined || type === undefined || !REPLY_TYPES.has(type)) return undefined;
    return { id, reply: { type: type as Reply['type'], data } };
  },
};
