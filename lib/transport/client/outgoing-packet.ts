import type { ReadPacket } from '@nestjs/microservices';
import { type HeaderRecord, type Outgoing, REPLY_WITHIN_HEADER, readWithin } from '../../message/index.js';
import { RedisFlowRecord } from './redis-flow-record.js';

/** How long a request waits for each reply where nobody says, in ms. */
const DEFAULT_TIMEOUT = 30_000;

/** What `send` or `emit` was called with, taken apart. */
export interface OutgoingPacket {
  /** As the caller wrote it. */
  readonly pattern: unknown;
  readonly message: Outgoing;
  /** Milliseconds. */
  readonly timeout: number;
}

function headersOf(metadata: HeaderRecord | undefined, own: HeaderRecord | undefined): HeaderRecord | undefined {
  return metadata === undefined || own === undefined ? (own ?? metadata) : { ...metadata, ...own };
}

/** Takes a packet of Nest's apart. What a dispatch hook has put beside the data goes into the headers. */
export function outgoingPacket({ pattern, data, metadata }: ReadPacket): OutgoingPacket {
  const record = data instanceof RedisFlowRecord ? data : new RedisFlowRecord<unknown>(data, undefined, undefined);
  const headers = headersOf(metadata, record.headers);
  const timeout = record.timeout ?? readWithin(headers?.[REPLY_WITHIN_HEADER]) ?? DEFAULT_TIMEOUT;
  return { pattern, message: { data: record.data, headers }, timeout };
}
