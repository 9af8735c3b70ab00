import { Inject } from '@nestjs/common';
import { RedisFlows } from '../flows/index.js';
import { tokenOf } from './tokens.js';

/** The token of the flows of a connection. */
export const getRedisFlowsToken = (name?: string): ReturnType<typeof tokenOf> => tokenOf(RedisFlows, name);

/**
 * Injects the flows of a connection. For the unnamed connection the class alone is enough.
 *
 * @example
 * ```ts
 * constructor(@InjectRedisFlows('billing') private readonly flows: RedisFlows) {}
 * ```
 */
export const InjectRedisFlows = (name?: string): ReturnType<typeof Inject> => Inject(getRedisFlowsToken(name));
