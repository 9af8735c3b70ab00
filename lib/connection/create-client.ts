import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { type RedisClient, dropLink } from './client-inside.js';
import type { ClusterConnectionOptions, ConnectionOptions, ConnectionRole } from '../options/index.js';
import { reconnectDelay } from './reconnect-delay.js';

/** `protocol` stands apart, as the types of ioredis 5 do not have it. */
type OwnOptions = { readonly protocol?: 2 } & Pick<
  RedisOptions,
  | 'autoResendUnfulfilledCommands'
  | 'autoResubscribe'
  | 'connectionName'
  | 'enableOfflineQueue'
  | 'lazyConnect'
  | 'maxRetriesPerRequest'
  | 'reconnectOnError'
  | 'retryStrategy'
>;

/**
 * What each role needs of ioredis.
 *
 * A command whose answer was lost is never sent again by itself, as that would publish twice. It must be rejected at
 * once, which ioredis only does with `maxRetriesPerRequest: 0`; with anything else it would never settle.
 * The subscriber's user subscribes again after a reconnect. A blocking client is never reconnected: it is replaced.
 * Both get RESP2, which is read here and not by ioredis; ioredis 5 knows nothing else.
 */
const BY_ROLE: Readonly<Record<ConnectionRole, OwnOptions>> = {
  command: { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0, enableOfflineQueue: false },
  subscriber: { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0, protocol: 2, autoResubscribe: false },
  blocking: { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0, protocol: 2, retryStrategy: () => null },
};

/** ioredis 6 can give other shapes under RESP3; the ones read here are the same in ioredis 5. */
const REPLIES = { replyMapping: 'legacy' } as const;

/** CLIENT SETNAME takes printable characters without spaces. */
const clientName = (name: string): string => name.replace(/[^\x21-\x7e]/g, '_');

function createCluster(connection: ClusterConnectionOptions, role: ConnectionRole, own: OwnOptions): Cluster {
  const { options = {} } = connection;
  return new Cluster([...connection.cluster], {
    clusterRetryStrategy: role === 'blocking' ? () => null : (attempt) => reconnectDelay(attempt),
    ...(role === 'subscriber' && { shardedSubscribers: true }),
    ...options,
    lazyConnect: true,
    enableOfflineQueue: own.enableOfflineQueue ?? true,
    redisOptions: { ...options.redisOptions, ...own, ...REPLIES },
  });
}

/** Names a client that somebody else made. It has not connected yet, and reads its options when it does. */
function nameClient(client: RedisClient, connectionName: string): RedisClient {
  if (client instanceof Cluster) {
    Object.assign(client.options, { redisOptions: { connectionName, ...client.options.redisOptions } });
  } else client.options.connectionName ??= connectionName;
  return client;
}

/** How often a connection to what has become a replica is made anew, in ms: its name may lead to the new master by then. */
const LEAVE_EVERY = 10_000;

function leaveReplicas(): (error: Error) => boolean {
  let left = -LEAVE_EVERY;
  return ({ message }) => {
    if (!message.startsWith('READONLY') || performance.now() - left < LEAVE_EVERY) return false;
    left = performance.now();
    return true;
  };
}

/** Makes one client, not yet connected unless the user's own factory connects it. */
export function createClient(connection: ConnectionOptions, role: ConnectionRole, label: string): RedisClient {
  const name = clientName(label);
  const own: OwnOptions = {
    retryStrategy: (attempt: number) => reconnectDelay(attempt),
    ...BY_ROLE[role],
    ...(role === 'command' && { reconnectOnError: leaveReplicas() }),
    lazyConnect: true,
    connectionName: name,
  };
  if (typeof connection === 'string') return new Redis(connection, own);
  if ('create' in connection) return nameClient(connection.create(role), name);
  if ('cluster' in connection) return createCluster(connection, role, own);
  return new Redis({ ...connection, ...own, ...REPLIES });
}

/** Whether the connection goes to a Cluster. A factory is asked for a client to find out, which is given back. */
export function isClusterConnection(connection: ConnectionOptions, sample: () => RedisClient): boolean {
  if (typeof connection === 'string') return false;
  return 'create' in connection ? sample() instanceof Cluster : 'cluster' in connection;
}

/** Ends a client at once, also when its peer is gone and would never answer. */
export function destroyClient(client: RedisClient): void {
  dropLink(client);
  client.disconnect(false);
}
