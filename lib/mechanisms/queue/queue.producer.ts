import { randomUUID } from 'node:crypto';
import { type HeaderRecord, encodeData, encodeHeaders, encodeQueueItem } from '../../message/index.js';
import { type ProducerRequest, sendAll } from '../producer.js';

export interface QueueMessage {
  readonly data: unknown;
  readonly headers?: HeaderRecord | undefined;
}

/** Puts jobs into queues. */
export class QueueProducer {
  constructor(private readonly request: ProducerRequest) {}

  /** One LPUSH for all; with `front` one RPUSH, so that the first message is taken first. @returns the jobs' ids. */
  async enqueue(queue: string, messages: readonly QueueMessage[], front = false): Promise<string[]> {
    if (messages.length === 0) return [];
    const { connection, codec } = this.request;
    const jobs = messages.map(({ data, headers }) => {
      const id = randomUUID();
      const facts = { id, attempts: 0, timestamp: Date.now(), headers: encodeHeaders(headers) ?? '' };
      return { id, item: encodeQueueItem({ ...facts, payload: encodeData(data, codec) }) };
    });
    const items = jobs.map(({ item }) => item);
    const key = connection.keys.of(queue);
    await sendAll(connection, [front ? ['RPUSH', key, ...items.toReversed()] : ['LPUSH', key, ...items]]);
    return jobs.map(({ id }) => id);
  }
}
