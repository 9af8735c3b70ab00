import type { Codec } from '../message/index.js';
import type { ConnectionOptions } from './connection-options.interface.js';
import type { PatternsOption } from './patterns-option.interface.js';

/** Options of `RedisFlowClient`. All but `connection` have to be those of the services it talks to. */
export interface RedisFlowClientOptions {
  /** Where Redis is. */
  readonly connection: ConnectionOptions;
  /** What carries the messages: the `patterns` of the services that it talks to. */
  readonly patterns: PatternsOption;
  /** Put in front of every stream and channel. @default '' */
  readonly keyPrefix?: string;
  /** Not used with Nest's wire form, which is JSON. @default JSON */
  readonly codec?: Codec;
}
