import { NO_HEADERS, normaliseHeaders } from './headers.js';
import type { Decoded } from './message.interface.js';
import type { Incoming, Outgoing, PatternWire, ReceivedReply, Reply, RequestFacts } from './pattern-wire.interface.js';

/** What Nest's Redis transport sends (`interfaces/packet.interface.d.ts` in @nestjs/microservices). */
interface Packet {
  readonly pattern?: unknown;
  readonly data?: unknown;
  readonly id?: string;
  readonly metadata?: Record<string, unknown>;
}

/** What it answers. */
interface ReplyPacket {
  readonly id?: unknown;
  readonly err?: unknown;
  readonly response?: unknown;
  readonly isDisposed?: boolean;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Where Nest's clients wait for the answer to what was published on a channel (`client/client-redis.js`). */
export const nestReplyChannel = (channel: string): string => `${channel}.reply`;

function replyOf({ err, response, isDisposed }: ReplyPacket): Reply {
  if (err !== undefined && err !== null && err !== false && err !== '') return { type: 'error', data: err };
  if (isDisposed !== true) return { type: 'value', data: response };
  return response === undefined ? { type: 'end' } : { type: 'last', data: response };
}

const PACKETS: Readonly<Record<Reply['type'], (data: unknown) => ReplyPacket>> = {
  value: (response) => ({ response }),
  last: (response) => ({ response, isDisposed: true }),
  end: () => ({ isDisposed: true }),
  error: (err) => ({ err, isDisposed: true }),
};

/** What Nest's own Redis transport has on the wire: `client/client-redis.js` and `server/server-redis.js`. */
export const nestWire: PatternWire = {
  message(pattern: unknown, { data, headers }: Outgoing, request?: RequestFacts): Outgoing {
    const id = request === undefined ? {} : { id: request.id };
    return { data: { pattern, data, ...(headers !== undefined && { metadata: headers }), ...id } };
  },

  readMessage({ data: packet }: Decoded, channel: string): Incoming {
    // What has neither was sent by somebody else: `deserializers/incoming-request.deserializer.js`.
    if (!isObject(packet) || !('pattern' in packet || 'data' in packet))
      return { data: packet, headers: NO_HEADERS, request: undefined };
    const { data, id, metadata } = packet as Packet;
    const headers = isObject(metadata) ? normaliseHeaders(metadata) : NO_HEADERS;
    if (id === undefined) return { data, headers, request: undefined };
    return { data, headers, request: { id, replyTo: nestReplyChannel(channel), within: undefined } };
  },

  reply: (id: string, { type, data }: Reply): Outgoing => ({ data: { ...PACKETS[type](data), id } }),

  readReply({ data: packet }: Decoded): ReceivedReply | undefined {
    if (!isObject(packet)) return undefined;
    const { id, ...reply } = packet as ReplyPacket;
    return typeof id === 'string' ? { id, reply: replyOf(reply) } : undefined;
  },
};
