import { type ProducerRequest, send } from '../producer.js';
import { type EntryOptions, appendByScript } from './append-by-script.js';
import { type StreamMessage, appendMany } from './append-many.js';
import { appendCommand } from './stream.commands.js';

const NO_OPTIONS: EntryOptions = {};

/** Appends to streams. */
export class StreamProducer {
  constructor(private readonly request: ProducerRequest) {}

  /** @returns the entry's id. */
  append(stream: string, data: unknown, options: EntryOptions = NO_OPTIONS): Promise<string> {
    if (options.maxAge !== undefined || options.dedupe !== undefined)
      return appendByScript(this.request, stream, data, options);
    const { connection, codec } = this.request;
    return send(connection, appendCommand(connection.keys, codec, stream, data, options)) as Promise<string>;
  }

  /** @param ids gets the ids of the entries that are there, in order, also where it ends early. */
  appendMany(stream: string, messages: readonly StreamMessage[], ids: string[]): Promise<void> {
    return appendMany(this.request, stream, messages, ids);
  }
}
