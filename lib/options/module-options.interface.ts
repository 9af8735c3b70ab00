import type { Codec } from '../message/index.js';
import type { ChannelOptions } from './channel-options.interface.js';
import type { ConnectionOptions } from './connection-options.interface.js';
import type { PatternsOption } from './patterns-option.interface.js';
import type { QueueOptions } from './queue-options.interface.js';
import type { StreamOptions } from './stream-options.interface.js';

/** Of a handler's options those that every handler of its kind can have, in each form that they may take. */
type Shared<T> = T extends unknown ? Omit<T, 'connection'> : never;

/** Options for every handler of a kind; what a handler says itself wins, option by option. */
export interface HandlerDefaults {
  readonly channel?: Shared<ChannelOptions>;
  readonly stream?: Shared<StreamOptions>;
  readonly queue?: Shared<QueueOptions>;
}

/** Options of `RedisFlowModule.forRoot`, or what the factory of `forRootAsync` returns. */
export interface RedisFlowOptions {
  /**
   * Where Redis is:
   *
   * - a URL: `'redis://user:secret@127.0.0.1:6379/0'`, `rediss:` for TLS;
   * - ioredis options: `{ host, port, username, password, tls, db }`;
   * - Sentinel, by ioredis options: `{ sentinels: [{ host, port }], name: 'mymaster' }`;
   * - a Cluster: `{ cluster: [{ host, port }], options }`, `options` being those of ioredis for a Cluster;
   * - a factory that makes every client: `{ create: (role) => new Redis(…) }`.
   *
   * Required. ioredis' own `keyPrefix` is refused: see `keyPrefix` here.
   */
  readonly connection: ConnectionOptions;
  /** The consumer group of stream handlers that name none. */
  readonly group?: string;
  /** The consumer's name. It must be unique among living processes. @default host, process id and a random part */
  readonly consumer?: string;
  /** Put in front of every key and channel by the library itself; ioredis' own `keyPrefix` is refused. @default '' */
  readonly keyPrefix?: string;
  /**
   * Turns data into bytes and back, for all channels, streams and queues of this connection. Programs that share one of
   * these need the same codec. @default jsonCodec: JSON in UTF-8
   */
  readonly codec?: Codec;
  /**
   * Options for every handler of a kind: `{ stream: { concurrency: 8 } }`. What a handler says itself wins, option by
   * option. `connection` cannot be among them. @default none: each option has the default that stands beside it
   */
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
