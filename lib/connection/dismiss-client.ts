import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisClient } from './client-inside.js';
import { replyCode } from './redis-errors.js';

/** How often Redis is asked, where the answer is lost. */
const TRIES = 5;
const PAUSE = 20;

/**
 * Ends the connection of an id and a name in Redis. What has ended it here may have ended the one for commands as well: it is
 * asked again over the next one.
 *
 * @throws ConnectionNotReadyError where there is none.
 */
export async function dismissClient(command: () => Promise<RedisClient>, id: number, name: string): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const client = await command();
    try {
      // Where Redis was started again meanwhile, the id is somebody else's.
      const found = String(await client.client('LIST', 'ID', id));
      if (found.includes(` name=${name} `)) await client.client('KILL', 'ID', id);
      return;
    } catch (error) {
      if (replyCode(error) !== undefined) return;
      // ioredis may not have seen yet that its connection is lost.
      await sleep(PAUSE, undefined, { ref: false });
    }
  }
}
