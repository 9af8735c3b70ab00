import type { Cluster, ClusterNode, ClusterOptions, Redis, RedisOptions } from 'ioredis';

/** What a client is for. `blocking` clients are thrown away and made anew; the other two reconnect. */
export type ConnectionRole = 'command' | 'subscriber' | 'blocking';

/** A Redis Cluster: some of its nodes and ioredis' cluster options. */
export interface ClusterConnectionOptions {
  readonly cluster: readonly ClusterNode[];
  readonly options?: ClusterOptions;
}

/**
 * Makes every client itself. It must return a new client on each call. What the library sets on its own clients (no
 * resending of commands whose answer was lost, a client name) is the factory's to set.
 */
export interface ConnectionFactory {
  readonly create: (role: ConnectionRole) => Redis | Cluster;
}

/** A URL, ioredis options (Sentinel: `{ sentinels, name }`), a Cluster, or a factory. */
export type ConnectionOptions = string | RedisOptions | ClusterConnectionOptions | ConnectionFactory;
