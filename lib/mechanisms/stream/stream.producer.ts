import { type HeaderRecord, type StreamEntryFormat, encodeStreamEntry } from '../../message/index.js';
import { type ProducerRequest, sendAll } from '../producer.js';

export interface StreamMessage {
  readonly data: unknown;
  readonly headers?: HeaderRecord | undefined;
  readonly id?: string | undefined;
}

/** Appends to streams. */
export class StreamProducer {
  constructor(private readonly request: ProducerRequest) {}

  /** @returns the entries' ids. */
  async append(
    stream: string,
    messages: readonly StreamMessage[],
    options: { readonly maxLength?: number | undefined; readonly format?: StreamEntryFormat | undefined } = {},
  ): Promise<string[]> {
    const { connection, codec } = this.request;
    const key = connection.keys.of(stream);
    const trim = options.maxLength === undefined ? [] : ['MAXLEN', options.maxLength];
    const replies = await sendAll(
      connection,
      messages.map(({ data, headers, id = '*' }) => {
        return ['XADD', key, ...trim, id, ...encodeStreamEntry(data, codec, headers, options.format)];
      }),
    );
    return replies as string[];
  }
}
