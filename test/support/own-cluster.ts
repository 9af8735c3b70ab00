import { Redis } from 'ioredis';
import type { ClusterConnectionOptions } from 'nestjs-redis-flow';
import { startRedisServer } from '../../tools/redis/start-server.mjs';
import { eventually } from './eventually.js';

export interface OwnCluster {
  readonly url: string;
  readonly connection: ClusterConnectionOptions;
  readonly stop: () => Promise<void>;
}

/** A Cluster of one node: it refuses keys of different slots in one script. */
export async function startCluster(): Promise<OwnCluster> {
  const args = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'];
  const { url, port, stop } = await startRedisServer({ args });
  const admin = new Redis(url);
  await admin.cluster('ADDSLOTSRANGE', 0, 16_383);
  await eventually(async () => {
    if (!String(await admin.cluster('INFO')).includes('cluster_state:ok')) throw new Error('the Cluster is not up yet');
  });
  admin.disconnect();
  return { url, connection: { cluster: [{ host: '127.0.0.1', port }] }, stop };
}
