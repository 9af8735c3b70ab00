import { Socket } from 'node:net';
import { Cluster, type Redis } from 'ioredis';

/** A client of one server, or of a whole Cluster. */
export type RedisClient = Redis | Cluster;

/** Of a Cluster's client: what subscribes for it. */
interface ClusterInside {
  readonly subscriber?: { readonly getInstance?: () => Redis | null };
  readonly shardedSubscribers?: {
    readonly shardedSubscribers?: ReadonlyMap<string, { readonly getInstance: () => Redis | null }>;
  };
}

/** What of a client's inside is looked at. Anything may be missing in another version, or in a client of another kind. */
interface Inside {
  readonly stream?: unknown;
  readonly commandQueue?: { readonly length?: unknown; readonly peekFront?: () => unknown };
  readonly offlineQueue?: { readonly length?: unknown };
  readonly condition?: { readonly subscriber?: unknown } | null;
}

const insideOf = (client: Redis): Inside => client as unknown as Inside;

/** The clients of single servers that a client is made of. */
export function nodesOf(client: RedisClient): readonly Redis[] {
  return client instanceof Cluster ? client.nodes('all') : [client];
}

/** The connections that a client subscribes with, those that are or will be there; undefined where they cannot be seen. */
export function subscriberLinksOf(client: RedisClient): readonly Redis[] | undefined {
  if (!(client instanceof Cluster)) return [client];
  const { subscriber, shardedSubscribers } = client as unknown as ClusterInside;
  if (subscriber?.getInstance === undefined) return undefined;
  const sharded = [...(shardedSubscribers?.shardedSubscribers?.values() ?? [])].map((shard) => shard.getInstance());
  const isInUse = (link: Redis | null): link is Redis => link !== null && !['wait', 'end'].includes(link.status);
  return [subscriber.getInstance(), ...sharded].filter(isInUse);
}

/** The socket that a client speaks through at the moment, where there is one and it can be seen. */
export function socketOf(client: Redis): Socket | undefined {
  const { stream } = insideOf(client);
  return stream instanceof Socket ? stream : undefined;
}

/** Whether it greets Redis in RESP2. ioredis 5 knows nothing else, nor an option for it. */
export const speaksResp2 = ({ options }: Redis): boolean => ((options as { protocol?: number }).protocol ?? 2) === 2;

/** Cuts the wire beneath a client, so that it notices that its peer is gone. It reconnects as it was told to. */
export function dropLink(client: RedisClient): void {
  for (const node of nodesOf(client)) {
    // A connector of the user's may have a stream of another kind.
    const stream = insideOf(node).stream as { destroy?: () => void } | null | undefined;
    stream?.destroy?.();
  }
}

/** Whether it can be seen which commands wait for their answer. */
export const showsUnanswered = (client: RedisClient): boolean =>
  client instanceof Cluster || typeof insideOf(client).commandQueue?.peekFront === 'function';

/** What stands for the command that has waited longest for its answer, or undefined where none waits. */
export const oldestUnanswered = (client: Redis): unknown => insideOf(client).commandQueue?.peekFront?.();

/** Whether nothing is on its way, and no subscription changes what comes. False where that cannot be seen. */
export function isAtRest(client: Redis): boolean {
  const { commandQueue, offlineQueue, condition } = insideOf(client);
  const isPlain = client.mode === 'normal' && condition?.subscriber === false;
  return client.status === 'ready' && isPlain && commandQueue?.length === 0 && offlineQueue?.length === 0;
}
