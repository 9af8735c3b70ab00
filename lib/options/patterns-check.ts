import { type Check, isObject } from './check.js';
import type { PatternsOption, ResolvedPatterns } from './patterns-option.interface.js';

const ALLOWED = `'channel', 'stream' or { over: 'channel', wire: 'nest' }`;

/** Whether it is nothing but `{ over: 'channel', wire: 'nest' }`. */
const isNestWire = (value: unknown): boolean =>
  isObject(value) && value['over'] === 'channel' && value['wire'] === 'nest' && Object.keys(value).length === 2;

export const patternsCheck: Check = (value) =>
  value === 'channel' || value === 'stream' || isNestWire(value) ? undefined : { allowed: ALLOWED };

export const resolvePatterns = (patterns: PatternsOption): ResolvedPatterns =>
  typeof patterns === 'string' ? { over: patterns, wire: 'flow' } : patterns;
