import { type Check, type Problem, isObject } from './check.js';

const CONNECTION =
  'a redis:// or rediss:// URL, ioredis options, { cluster, options }, { sentinels, name } or { create: (role) => client }';

const NO_PREFIX = 'left out: use the keyPrefix of RedisFlowModule';

const DATABASE = 'the number of a database';

/** A password must not end up in a log. */
const withoutPassword = (url: string): string => url.replace(/\/\/.*@/, '//***@');

const shown = (value: unknown): unknown => (typeof value === 'string' ? withoutPassword(value) : value);

function checkUrl(url: string): Problem | undefined {
  const value = withoutPassword(url);
  if (url.startsWith('memory:')) return { allowed: CONNECTION, notYet: true, value };
  if (!/^rediss?:\/\/./.test(url) || !URL.canParse(url)) return { allowed: CONNECTION, value };
  const { pathname, searchParams } = new URL(url);
  if (!/^\/?\d*$/.test(pathname)) return { allowed: `a URL whose path is ${DATABASE}, or none`, value };
  return searchParams.has('keyPrefix') ? { allowed: NO_PREFIX, value } : undefined;
}

/** Where ioredis' own prefix is found in its options: in front of keys, but not of channels, and unknown to scripts. */
const PREFIX_PATHS = [['keyPrefix'], ['options', 'keyPrefix'], ['options', 'redisOptions', 'keyPrefix']] as const;

function checkPrefix(connection: unknown): Problem | undefined {
  for (const path of PREFIX_PATHS) {
    const value = path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), connection);
    if (value !== undefined) return { at: path.join('.'), value, allowed: NO_PREFIX };
  }
  return undefined;
}

/** Names that ioredis knows nothing of: it would connect to this machine, and say nothing. */
const FOREIGN_NAMES: Readonly<Record<string, string>> = {
  url: 'left out: the URL itself is the connection',
  uri: 'left out: the URL itself is the connection',
  nodes: 'left out: the nodes of a Cluster are the array "cluster"',
  servers: 'left out: the nodes of a Cluster are the array "cluster"',
};

function checkNames(connection: Readonly<Record<string, unknown>>): Problem | undefined {
  for (const [at, allowed] of Object.entries(FOREIGN_NAMES))
    if (connection[at] !== undefined) return { at, value: shown(connection[at]), allowed };
  return undefined;
}

function checkObject(connection: Readonly<Record<string, unknown>>): Problem | undefined {
  const { create, cluster, db } = connection;
  if ('create' in connection && typeof create !== 'function') return { allowed: CONNECTION };
  if ('cluster' in connection && !(Array.isArray(cluster) && cluster.length > 0))
    return { at: 'cluster', value: cluster, allowed: 'an array with at least one node' };
  if (db !== undefined && !(Number.isSafeInteger(db) && Number(db) >= 0))
    return { at: 'db', value: db, allowed: DATABASE };
  return checkNames(connection) ?? checkPrefix(connection);
}

/** Every client is the library's own: a reading loop blocks its one. */
const isClient = (connection: Readonly<Record<string, unknown>>): boolean =>
  typeof connection['duplicate'] === 'function';

export const connectionCheck: Check = (value) => {
  if (typeof value === 'string') return checkUrl(value);
  if (!isObject(value)) return { allowed: CONNECTION };
  if (isClient(value))
    return { value: 'a client', allowed: 'its options, or { create: (role) => client } that makes one for each role' };
  return checkObject(value);
};
