import { type Codec, type HeaderRecord, type Keys, encodeChannelMessage } from '../../message/index.js';
import type { Command } from '../producer.js';

/** What can be said with a message. */
export interface PublishCommandOptions {
  readonly headers?: HeaderRecord | undefined;
  readonly sharded?: boolean | undefined;
}

/**
 * The command that publishes one message. Its reply is the number of subscribers that got it.
 *
 * @throws UnencodableMessageError.
 */
export function publishCommand(
  keys: Keys,
  codec: Codec,
  channel: string,
  data: unknown,
  options?: PublishCommandOptions,
): Command {
  const command = options?.sharded === true ? 'SPUBLISH' : 'PUBLISH';
  return [command, keys.of(channel), encodeChannelMessage(data, codec, options?.headers)];
}
