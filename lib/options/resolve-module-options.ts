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
import { handlerCheck } from './handler-checks.js';
import { togetherCheck } from './handler-rules.js';
import { patternsCheck, resolvePatterns } from './patterns-check.js';
import type { RedisFlowOptions } from './module-options.interface.js';
import type { ResolvedModuleOptions } from './resolved-options.interface.js';

const CONNECTION =
  'a redis:// or rediss:// URL, ioredis options, { cluster, options }, { sentinels, name } or { create: (role) => client }';

const NO_PREFIX = 'left out: use the keyPrefix of RedisFlowModule';

/** A password must not end up in a log. */
const withoutPassword = (url: string): string => url.replace(/\/\/.*@/, '//***@');

function checkUrl(url: string): ReturnType<Check> {
  const value = withoutPassword(url);
  if (url.startsWith('memory:')) return { allowed: CONNECTION, notYet: true, value };
  if (!/^rediss?:\/\/./.test(url) || !URL.canParse(url)) return { allowed: CONNECTION, value };
  return new URL(url).searchParams.has('keyPrefix') ? { allowed: NO_PREFIX, value } : undefined;
}

/** Where ioredis' own prefix is found in its options: in front of keys, but not of channels, and unknown to scripts. */
const PREFIX_PATHS = [['keyPrefix'], ['options', 'keyPrefix'], ['options', 'redisOptions', 'keyPrefix']] as const;

function checkPrefix(connection: unknown): ReturnType<Check> {
  for (const path of PREFIX_PATHS) {
    const value = path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), connection);
    if (value !== undefined) return { at: path.join('.'), value, allowed: NO_PREFIX };
  }
  return undefined;
}

export const connectionCheck: Check = (value) => {
  if (typeof value === 'string') return checkUrl(value);
  if (!isObject(value)) return { allowed: CONNECTION };
  if ('create' in value && typeof value['create'] !== 'function') return { allowed: CONNECTION };
  if ('cluster' in value && !(Array.isArray(value['cluster']) && value['cluster'].length > 0)) {
    return { at: 'cluster', value: value['cluster'], allowed: 'an array with at least one node' };
  }
  return checkPrefix(value);
};

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
