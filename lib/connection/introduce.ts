import { Cluster } from 'ioredis';
import { ConnectionLostError, errorText } from '../errors/index.js';
import type { RedisClient } from './client-inside.js';

async function askForId(client: RedisClient): Promise<number | undefined> {
  if (client.status === 'wait') await client.connect();
  return client instanceof Cluster ? undefined : client.client('ID');
}

/**
 * Waits until a new client has connected.
 *
 * @returns its id for CLIENT UNBLOCK; undefined for a Cluster.
 * @throws ConnectionLostError where it does not come about within so many ms, or what Redis answered.
 */
export function introduce(client: RedisClient, label: string, within: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    let cause: unknown;
    const lost = (why: string): void => reject(new ConnectionLostError(label, why, { cause }));
    const timer = setTimeout(() => lost(`not connected within ${within} ms`), within).unref();
    // Without a listener of its own ioredis prints its errors.
    client.on('error', (error) => (cause = error));
    client.once('close', () => lost(errorText(cause ?? 'closed')));
    askForId(client)
      .finally(() => clearTimeout(timer))
      .then(resolve, reject);
  });
}
