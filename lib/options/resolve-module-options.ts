import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type MechanismKind, jsonCodec } from '../message/index.js';
import {
  type Check,
  anyText,
  assertOptions,
  definedOnly,
  flag,
  isObject,
  milliseconds,
  object,
  text,
} from './check.js';
import { connectionCheck } from './connection-check.js';
import { handlerCheck } from './handler-checks.js';
import { togetherCheck } from './handler-rules.js';
import { patternsCheck, resolvePatterns } from './patterns-check.js';
import type { RedisFlowOptions } from './module-options.interface.js';
import type { ResolvedModuleOptions } from './resolved-options.interface.js';

export const codecCheck: Check = (value) =>
  isObject(value) && typeof value['encode'] === 'function' && typeof value['decode'] === 'function'
    ? undefined
    : { allowed: 'an object with encode(data) and decode(payload)' };

/** A default cannot choose the connection: a handler says that for itself. */
const defaultsCheck =
  (mechanism: MechanismKind): Check =>
  (value) => {
    if (isObject(value) && 'connection' in value) {
      return { at: 'connection', value: value['connection'], allowed: 'left out: only a handler names its connection' };
    }
    return handlerCheck(mechanism)(value) ?? togetherCheck(value);
  };

const moduleCheck = object(
  {
    connection: connectionCheck,
    group: text,
    consumer: text,
    keyPrefix: anyText,
    codec: codecCheck,
    patterns: patternsCheck,
    defaults: object({
      channel: defaultsCheck('channel'),
      stream: defaultsCheck('stream'),
      queue: defaultsCheck('queue'),
    }),
    shutdown: object({ timeout: milliseconds(0) }),
    consume: flag,
  },
  ['connection'],
);

const DEFAULTS = { keyPrefix: '', codec: jsonCodec, defaults: {}, consume: true } as const;

const uniqueConsumer = (): string => `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;

/**
 * Validates the module's options and fills in the defaults.
 *
 * @throws InvalidOptionError or OptionNotAvailableError.
 */
export function resolveModuleOptions(name: string, options: RedisFlowOptions): ResolvedModuleOptions {
  const owner = name === 'default' ? 'RedisFlowModule' : `RedisFlowModule "${name}"`;
  assertOptions(owner, moduleCheck, options);
  const { connection, group, consumer, shutdown, patterns } = options;
  return {
    ...DEFAULTS,
    ...definedOnly(options),
    name,
    connection,
    group,
    consumer: consumer ?? uniqueConsumer(),
    isConsumerNamed: consumer !== undefined,
    patterns: patterns && resolvePatterns(patterns),
    shutdown: { timeout: shutdown?.timeout ?? 10_000 },
  };
}
