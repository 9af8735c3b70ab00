import { createHash } from 'node:crypto';
import type { RedisClient } from './client-inside.js';
import type { Argument } from './link.js';
import { replyCode } from './redis-errors.js';

/** A Lua script, sent whole only when Redis does not know it yet (also after a failover or SCRIPT FLUSH). */
export class Script {
  private readonly sha: string;

  constructor(private readonly lua: string) {
    this.sha = createHash('sha1').update(lua).digest('hex');
  }

  /** The words of the command that runs it: by its hash, or whole where Redis has answered NOSCRIPT. */
  words(by: 'hash' | 'whole', keys: readonly string[], args: readonly Argument[]): readonly Argument[] {
    return by === 'hash'
      ? ['EVALSHA', this.sha, keys.length, ...keys, ...args]
      : ['EVAL', this.lua, keys.length, ...keys, ...args];
  }

  /** Strings in the reply come as bytes. */
  async run(client: RedisClient, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    try {
      return await client.callBuffer('EVALSHA', [this.sha, keys.length, ...keys, ...args]);
    } catch (error) {
      if (replyCode(error) !== 'NOSCRIPT') throw error;
      return client.callBuffer('EVAL', [this.lua, keys.length, ...keys, ...args]);
    }
  }
}
