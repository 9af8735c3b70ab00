import type { Redis } from 'ioredis';
import type { MechanismKind, RedisPublisher, RetryOptions } from 'nestjs-redis-flow';
import type { Capabilities } from '../../../lib/mechanisms/index.js';

/** What a case publishes. */
export interface Outgoing {
  readonly data: unknown;
  readonly headers?: Record<string, string>;
}

/** Options of a handler. Those that a mechanism cannot honour are left out by its harness. */
export interface HandlerSettings {
  readonly group?: string;
  readonly concurrency?: number;
  readonly timeout?: number;
  readonly retry?: RetryOptions | false;
  readonly deadLetter?: boolean;
  readonly lease?: number;
  readonly onGroupMissing?: 'recreate' | 'recreate-from-end' | 'fail';
}

/** A dead letter as it lies in Redis. */
export interface DeadLetterRecord {
  readonly payload: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** A message as another program writes it. */
export interface ForeignMessage {
  readonly name: string;
  readonly put: (redis: Redis, target: string) => Promise<unknown>;
  /** The `data` that the handler gets. */
  readonly arrives: unknown;
}

/** All that the suite knows of a mechanism beside its capabilities. What it reads from Redis, it reads without the library. */
export interface MechanismHarness {
  readonly kind: MechanismKind;
  readonly capabilities: Capabilities;
  readonly foreign: readonly ForeignMessage[];
  decorator(targets: readonly string[], settings: HandlerSettings): MethodDecorator;
  publish(publisher: RedisPublisher, target: string, messages: readonly Outgoing[]): Promise<unknown>;
  /** Writes a message of the library's form with any payload. */
  inject(redis: Redis, target: string, payload: Buffer): Promise<unknown>;
  /** How many messages were taken, or wait for another attempt, and have no end yet. */
  unsettled(redis: Redis, target: string, group: string): Promise<number>;
  /** Oldest first. */
  deadLetters(redis: Redis, target: string): Promise<DeadLetterRecord[]>;
}
