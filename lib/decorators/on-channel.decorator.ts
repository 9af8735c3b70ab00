import type { ChannelOptions } from '../options/index.js';
import { declareHandler } from './handler-metadata.js';

/**
 * Handles what is published on one or more channels: at most once, in every instance that listens now.
 *
 * `{name}` in a channel is a path parameter for `@ChannelParam`; `*`, `?` and `[…]` are a Redis glob. Both subscribe with
 * PSUBSCRIBE. Works on controllers and on providers; several may stand on one method.
 *
 * @throws at bootstrap: `InvalidOptionError`, `OptionNotAvailableError`, `DuplicateHandlerError`, `UnknownConnectionError`.
 * @example
 * ```ts
 * @OnChannel('notifications:user:{userId}')
 * push(@Payload() note: Note, @ChannelParam('userId') userId: string) { … }
 * ```
 * @see https://redis.io/docs/latest/develop/pubsub/
 */
export function OnChannel(channel: string | readonly string[], options: ChannelOptions = {}): MethodDecorator {
  return declareHandler('channel', channel, options);
}
