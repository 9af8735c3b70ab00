import { type RedisConnection, Script } from '../../connection/index.js';
import { UP_TO } from './lua.js';

/**
 * Moves a checkpoint forward. KEYS: checkpoints · ARGV: name, id, position or nothing · returns 1, or 0 where it stands
 * there or further on already.
 */
const ADVANCE = new Script(`${UP_TO}
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known and upTo(ARGV[2], known) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3] == '' and ARGV[2] or ARGV[2] .. ' ' .. ARGV[3])
return 1
`);

/** Where a reader stands. */
export interface Checkpoint {
  /** The last entry that it has finished. */
  readonly id: string;
  /** How many entries of the stream lie up to there, over all its life; undefined where that is not known. */
  readonly position: number | undefined;
}

/** The checkpoints of a stream's readers, in a hash beside it: by name, the id and after it the position. */
export class Checkpoints {
  readonly key: string;

  constructor(
    private readonly connection: RedisConnection,
    stream: string,
  ) {
    this.key = connection.keys.derived(stream, 'checkpoints');
  }

  async read(name: string): Promise<Checkpoint | undefined> {
    const client = await this.connection.command();
    const value = await client.hget(this.key, name);
    if (value === null) return undefined;
    const [id = '0-0', position] = value.split(' ');
    return { id, position: position === undefined ? undefined : Number(position) };
  }

  /** Never moves it backwards. */
  async advance(name: string, { id, position }: Checkpoint): Promise<void> {
    const client = await this.connection.command();
    await ADVANCE.run(client, [this.key], [name, id, position ?? '']);
  }
}
