import type { Argument, RedisConnection, Script } from '../../connection/index.js';
import type { ScriptHome } from '../held/script-runner.js';
import type { QueueKeys } from './queue-keys.js';

/** What lies in a consumer's own lists, the latest first. */
export interface OwnItems {
  readonly taken: readonly Buffer[];
  readonly processing: readonly Buffer[];
}

/**
 * The lists of one consumer of a queue. Whatever changes them beside a read goes over one connection, so that Redis does
 * it in the order in which it was asked.
 */
export class QueueLists implements ScriptHome {
  readonly taken: string;
  readonly processing: string;

  constructor(
    readonly connection: RedisConnection,
    readonly keys: QueueKeys,
    readonly consumer: string,
    readonly order: 'fifo' | 'lifo',
  ) {
    this.taken = keys.taken(consumer);
    this.processing = keys.processing(consumer);
  }

  /** Runs a script whose first keys are the lists of what is started, and of what is taken. */
  async run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    return script.run(await this.connection.command(), [this.processing, this.taken, ...keys], args);
  }

  /**
   * The same, on its way to Redis when this returns; undefined where Redis is not there. By its hash it is refused where
   * Redis does not know it: what is sent once more comes too late here.
   */
  runNow(
    script: Script,
    by: 'hash' | 'whole',
    keys: readonly string[],
    args: readonly Argument[],
  ): Promise<unknown> | undefined {
    const [name, ...words] = script.words(by, [this.processing, this.taken, ...keys], args);
    const reply = this.connection.commandNow()?.callBuffer(String(name), ...words);
    this.connection.flushCommands();
    return reply;
  }

  /** How many items lie in both. */
  async count(): Promise<number> {
    const client = await this.connection.command();
    const [taken, processing] = await Promise.all([client.llen(this.taken), client.llen(this.processing)]);
    return taken + processing;
  }

  async items(): Promise<OwnItems> {
    const client = await this.connection.command();
    const [taken, processing] = await Promise.all([
      client.lrangeBuffer(this.taken, 0, -1),
      client.lrangeBuffer(this.processing, 0, -1),
    ]);
    return { taken: taken.toReversed(), processing: processing.toReversed() };
  }
}
