import type { Codec } from '../message/index.js';
import type { ChannelOptions } from './channel-options.interface.js';
import type { ConnectionOptions } from './connection-options.interface.js';
import type { PatternsOption } from './patterns-option.interface.js';
import type { QueueOptions } from './queue-options.interface.js';
import type { StreamOptions } from './stream-options.interface.js';

/** Options for every handler of a kind; what a handler says itself wins, option by option. */
export interface HandlerDefaults {
  readonly channel?: Omit<ChannelOptions, 'connection'>;
  readonly stream?: Omit<StreamOptions, 'connection'>;
  readonly queue?: Omit<QueueOptions, 'connection'>;
}

/** Options of `RedisFlowModule.forRoot`, or what the factory of `forRootAsync` returns. */
export interface RedisFlowOptions {
  /** Where Redis is. */
  readonly connection: ConnectionOptions;
  /** The consumer group of stream handlers that name none. */
  readonly group?: string;
  /** The consumer's name. It must be unique among living processes. @default host, process id and a random part */
  readonly consumer?: string;
  /** Put in front of every key and channel by the library itself; ioredis' own `keyPrefix` is refused. @default '' */
  readonly keyPrefix?: string;
  /** @default JSON */
  readonly codec?: Codec;
  readonly defaults?: HandlerDefaults;
  /** `timeout`: ms that running handlers are awaited on shutdown; what is not done then stays pending. @default { timeout: 10_000 } */
  readonly shutdown?: { readonly timeout?: number };
  /** `false`: publish only; no handler of this application is served. @default true */
  readonly consume?: boolean;
  /**
   * Serves handlers with Nest's own `@EventPattern` and `@MessagePattern` that name no transport, and says what carries
   * their messages. @default they are left to other strategies
   */
  readonly patterns?: PatternsOption;
}
