import { type ProducerRequest, send } from '../producer.js';
import { type EnqueueCommandOptions, type QueueMessage, enqueueCommand, enqueueManyCommand } from './queue.commands.js';

/** Puts jobs into queues. */
export class QueueProducer {
  constructor(private readonly request: ProducerRequest) {}

  /** @returns the job's id. */
  async enqueue(queue: string, data: unknown, options?: EnqueueCommandOptions): Promise<string> {
    const { connection, codec } = this.request;
    const { id, command } = enqueueCommand(connection.keys, codec, queue, data, options);
    await send(connection, command);
    return id;
  }

  /** All of them or none. @returns the jobs' ids, in order. */
  async enqueueMany(queue: string, messages: readonly QueueMessage[]): Promise<string[]> {
    if (messages.length === 0) return [];
    const { connection, codec } = this.request;
    const { ids, command } = enqueueManyCommand(connection.keys, codec, queue, messages);
    await send(connection, command);
    return ids;
  }
}
