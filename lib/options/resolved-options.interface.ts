import type { AnyMessage, Codec } from '../message/index.js';
import type { AckPolicySource, AckWord } from './ack-policy.interface.js';
import type { ConnectionOptions } from './connection-options.interface.js';
import type { HandlerDefaults } from './module-options.interface.js';
import type { ResolvedPatterns } from './patterns-option.interface.js';
import type { BackoffFunction, BackoffOptions, ErrorClass } from './retry-options.interface.js';
import type { RetryPolicySource } from './retry-policy.interface.js';
import type { StreamRetention, StreamStart } from './stream-options.interface.js';

/** The module's options, validated and with every default filled in. */
export interface ResolvedModuleOptions {
  readonly name: string;
  readonly connection: ConnectionOptions;
  readonly group: string | undefined;
  readonly consumer: string;
  /** Whether the user chose the consumer's name: then no living process may have it. */
  readonly isConsumerNamed: boolean;
  readonly keyPrefix: string;
  readonly codec: Codec;
  readonly defaults: HandlerDefaults;
  readonly shutdown: { readonly timeout: number };
  readonly consume: boolean;
  /** What carries the messages of stock handlers; undefined where they are left alone. */
  readonly patterns: ResolvedPatterns | undefined;
}

/** The `retry` option as an object, with every default filled in. */
export interface ResolvedRetry {
  readonly attempts: number;
  readonly backoff: BackoffOptions | BackoffFunction;
  readonly fatal: readonly ErrorClass[];
  readonly retryable: readonly ErrorClass[];
  readonly hold: boolean;
}

/** The idempotency of `'once'`, with every default filled in. */
export interface ResolvedOnce {
  readonly window: number;
  readonly key: ((message: AnyMessage) => string) | undefined;
}

/** The `ack` option, validated: a policy's class is still to be made, also that of a word. */
export interface ResolvedAck {
  readonly policy: AckWord | AckPolicySource;
  /** Set for the word `'once'`; an `AckOnce` has its own. */
  readonly once: ResolvedOnce | undefined;
}

interface ResolvedHandlerOptions {
  readonly concurrency: number;
  readonly timeout: number | undefined;
}

interface ResolvedAtLeastOnceOptions extends ResolvedHandlerOptions {
  readonly ack: ResolvedAck;
  /** A policy's class is still to be made. */
  readonly retry: ResolvedRetry | RetryPolicySource;
  readonly deadLetter: boolean;
  readonly lease: number;
  readonly orderBy: ((message: AnyMessage) => unknown) | undefined;
  readonly batch: { readonly size: number; readonly wait: number } | undefined;
}

/** A channel handler's options, validated and with every default filled in. */
export interface ResolvedChannelOptions extends ResolvedHandlerOptions {
  readonly mechanism: 'channel';
  readonly buffer: number;
  readonly overflow: 'drop-oldest' | 'drop-newest';
  readonly sharded: boolean;
}

/** A stream handler's options, validated and with every default filled in. */
export interface ResolvedStreamOptions extends ResolvedAtLeastOnceOptions {
  readonly mechanism: 'stream';
  /** Empty for a reader. */
  readonly group: string;
  readonly from: StreamStart;
  readonly onGroupMissing: 'recreate' | 'recreate-from-end' | 'fail';
  readonly retention: StreamRetention | undefined;
  readonly reader: { readonly from: string; readonly checkpoint: string | undefined } | undefined;
}

/** A queue handler's options, validated and with every default filled in. */
export interface ResolvedQueueOptions extends ResolvedAtLeastOnceOptions {
  readonly mechanism: 'queue';
  readonly order: 'fifo' | 'lifo';
}

/** A handler's options, told apart by the mechanism. */
export type ResolvedOptions = ResolvedChannelOptions | ResolvedStreamOptions | ResolvedQueueOptions;
