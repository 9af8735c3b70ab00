import { Inject } from '@nestjs/common';
import { RedisPublisher } from '../publisher/index.js';
import { tokenOf } from './tokens.js';

/** The token of the publisher of a connection. */
export const getRedisPublisherToken = (name?: string): ReturnType<typeof tokenOf> => tokenOf(RedisPublisher, name);

/**
 * Injects the publisher of a connection. For the unnamed connection the class alone is enough.
 *
 * @example
 * ```ts
 * constructor(@InjectRedisPublisher('billing') private readonly billing: RedisPublisher) {}
 * ```
 */
export const InjectRedisPublisher = (name?: string): ReturnType<typeof Inject> => Inject(getRedisPublisherToken(name));
