import type { Redis } from 'ioredis';
import type { RedisPublisher } from 'nestjs-redis-flow';
import type { Bytes } from '../message.js';

/** Which messages: their numbers and their size. */
export interface Span {
  readonly first: number;
  readonly last: number;
  readonly bytes: Bytes;
}

/** What messages are made with. */
export interface Maker {
  readonly url: string;
  readonly redis: Redis;
  readonly publisher: RedisPublisher;
}

/** Where messages wait for their consumer, and in which form. */
export interface Medium {
  /** Only who listens already gets a message. */
  readonly isLive: boolean;
  /** Puts messages there as fast as can be. Resolves when Redis has them. */
  readonly fill: (maker: Maker, key: string, span: Span) => Promise<void>;
  /** How many messages Redis has been given: what counts is the difference. */
  received(redis: Redis, key: string): Promise<number>;
  /** How many messages Redis still keeps for the consumer: not taken, or taken and not acknowledged. */
  left(redis: Redis, key: string): Promise<number>;
  /** Whether a key may be there when all is handled. */
  mayKeep(key: string, name: string): boolean;
  /** @throws when Redis has not handed out each message. */
  verify?(redis: Redis, key: string, count: number): Promise<void>;
}
