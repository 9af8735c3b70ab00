import type { Codec } from '../message/index.js';
import type { ConnectionOptions } from './connection-options.interface.js';
import type { HandlerDefaults } from './module-options.interface.js';
import type { BackoffFunction, BackoffOptions, ErrorClass } from './retry-options.interface.js';

/** The module's options, validated and with every default filled in. */
export interface ResolvedModuleOptions {
  readonly name: string;
  readonly connection: ConnectionOptions;
  readonly group: string | undefined;
  readonly consumer: string;
  readonly keyPrefix: string;
  readonly codec: Codec;
  readonly defaults: HandlerDefaults;
  readonly shutdown: { readonly timeout: number };
  readonly consume: boolean;
}

/** The `retry` option with every default filled in. */
export interface ResolvedRetry {
  readonly attempts: number;
  readonly backoff: BackoffOptions | BackoffFunction;
  readonly fatal: readonly ErrorClass[];
  readonly retryable: readonly ErrorClass[];
}

interface ResolvedHandlerOptions {
  readonly concurrency: number;
  readonly timeout: number | undefined;
}

interface ResolvedAtLeastOnceOptions extends ResolvedHandlerOptions {
  readonly retry: ResolvedRetry;
  readonly deadLetter: boolean;
  readonly lease: number;
}

/** A channel handler's options, validated and with every default filled in. */
export interface ResolvedChannelOptions extends ResolvedHandlerOptions {
  readonly mechanism: 'channel';
  readonly buffer: number;
  readonly overflow: 'drop-oldest' | 'drop-newest';
}

/** A stream handler's options, validated and with every default filled in. */
export interface ResolvedStreamOptions extends ResolvedAtLeastOnceOptions {
  readonly mechanism: 'stream';
  readonly group: string;
  readonly from: string;
  readonly onGroupMissing: 'recreate' | 'recreate-from-end' | 'fail';
}

/** A queue handler's options, validated and with every default filled in. */
export interface ResolvedQueueOptions extends ResolvedAtLeastOnceOptions {
  readonly mechanism: 'queue';
  readonly order: 'fifo' | 'lifo';
}

/** A handler's options, told apart by the mechanism. */
export type ResolvedOptions = ResolvedChannelOptions | ResolvedStreamOptions | ResolvedQueueOptions;
