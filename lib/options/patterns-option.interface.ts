/**
 * What carries the messages of `@EventPattern` and `@MessagePattern` handlers without a transport, and those of a
 * `RedisFlowClient`. The normalised pattern, after the key prefix, is the channel or the stream.
 *
 * - `'channel'`: Pub/Sub. Every instance that listens gets every event and every request.
 * - `'stream'`: a consumer group, so that one instance handles each. Events are kept, for the module's `group`.
 * - `{ over: 'channel', wire: 'nest' }`: Pub/Sub as Nest's own `Transport.REDIS` writes it, to talk with services that
 *   still use that.
 */
export type PatternsOption = 'channel' | 'stream' | NestWirePatterns;

/** Pub/Sub as Nest's own Redis transport writes it: `{ pattern, data, id }`, and answers on `<pattern>.reply`. */
export interface NestWirePatterns {
  readonly over: 'channel';
  readonly wire: 'nest';
}

/** The same, taken apart. */
export interface ResolvedPatterns {
  readonly over: 'channel' | 'stream';
  readonly wire: 'flow' | 'nest';
}
