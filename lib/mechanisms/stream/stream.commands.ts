import {
  type Codec,
  type HeaderRecord,
  type Keys,
  type StreamEntryFormat,
  encodeStreamEntry,
} from '../../message/index.js';
import type { Command } from '../producer.js';

/** What XADD alone can do for an append. */
export interface AppendCommandOptions {
  readonly headers?: HeaderRecord | undefined;
  /** @default '*', made by Redis' clock */
  readonly id?: string | undefined;
  /** The newest entries that stay, to the entry. @default all */
  readonly maxLength?: number | undefined;
  /** @default 'envelope' */
  readonly format?: StreamEntryFormat | undefined;
}

const NO_OPTIONS: AppendCommandOptions = {};

/**
 * The command that appends one message. Its reply is the entry's id.
 *
 * @throws UnencodableMessageError.
 */
export function appendCommand(
  keys: Keys,
  codec: Codec,
  stream: string,
  data: unknown,
  options: AppendCommandOptions = NO_OPTIONS,
): Command {
  const { headers, id = '*', maxLength, format } = options;
  const key = keys.of(stream);
  const fields = encodeStreamEntry(data, codec, headers, format);
  return maxLength === undefined ? ['XADD', key, id, ...fields] : ['XADD', key, 'MAXLEN', maxLength, id, ...fields];
}
