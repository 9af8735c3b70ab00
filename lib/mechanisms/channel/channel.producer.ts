import { type HeaderRecord, encodeChannelMessage } from '../../message/index.js';
import { type ProducerRequest, sendAll } from '../producer.js';

export interface ChannelMessage {
  readonly data: unknown;
  readonly headers?: HeaderRecord | undefined;
}

/** Publishes on channels. */
export class ChannelProducer {
  constructor(private readonly request: ProducerRequest) {}

  /** @returns for each message how many subscribers got it. */
  async publish(channel: string, messages: readonly ChannelMessage[]): Promise<number[]> {
    const { connection, codec } = this.request;
    const key = connection.keys.of(channel);
    const encoded = messages.map(({ data, headers }) => encodeChannelMessage(data, codec, headers));
    const replies = await sendAll(
      connection,
      encoded.map((message) => ['PUBLISH', key, message]),
    );
    return replies as number[];
  }
}
