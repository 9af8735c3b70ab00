import type {
  Transaction,
  TransactionAppendOptions,
  TransactionEnqueueOptions,
  TransactionPublishOptions,
} from '../delivery/index.js';
import { publishCommand } from './channel/channel.commands.js';
import type { ProducerRequest } from './producer.js';
import { enqueueCommand } from './queue/queue.commands.js';
import { appendCommand } from './stream/stream.commands.js';

/** One word of a command. */
export type Word = string | number | Buffer;

/** Collects commands for the script that applies them. */
export class RedisTransaction implements Transaction {
  private readonly commands: (readonly Word[])[] = [];

  constructor(private readonly request: ProducerRequest) {}

  get isEmpty(): boolean {
    return this.commands.length === 0;
  }

  append(stream: string, data: unknown, options?: TransactionAppendOptions): void {
    const { connection, codec } = this.request;
    this.commands.push(appendCommand(connection.keys, codec, stream, data, options));
  }

  enqueue(queue: string, data: unknown, options?: TransactionEnqueueOptions): void {
    const { connection, codec } = this.request;
    this.commands.push(enqueueCommand(connection.keys, codec, queue, data, options).command);
  }

  publish(channel: string, data: unknown, options?: TransactionPublishOptions): void {
    const { connection, codec } = this.request;
    this.commands.push(publishCommand(connection.keys, codec, channel, data, options));
  }

  call(command: string, ...args: Word[]): void {
    this.commands.push([command, ...args]);
  }

  /** The name of the command at a place, for texts. */
  nameOf(index: number): string {
    return String(this.commands[index]?.[0]);
  }

  /** Each command with the number of its words in front, as the script reads them. */
  words(): Word[] {
    return this.commands.flatMap((words) => [words.length, ...words]);
  }
}
