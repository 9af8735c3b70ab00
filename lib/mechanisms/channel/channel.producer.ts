import type { HeaderRecord } from '../../message/index.js';
import { type ProducerRequest, send, sendAll } from '../producer.js';
import { type PublishCommandOptions, publishCommand } from './channel.commands.js';

export interface ChannelMessage {
  readonly data: unknown;
  readonly headers?: HeaderRecord | undefined;
}

/** Publishes on channels. */
export class ChannelProducer {
  constructor(private readonly request: ProducerRequest) {}

  /** @returns how many subscribers got it. */
  publish(channel: string, data: unknown, options?: PublishCommandOptions): Promise<number> {
    const { connection, codec } = this.request;
    return send(connection, publishCommand(connection.keys, codec, channel, data, options)) as Promise<number>;
  }

  /** @returns for each message how many subscribers got it. */
  async publishMany(channel: string, messages: readonly ChannelMessage[]): Promise<number[]> {
    const { connection, codec } = this.request;
    const commands = messages.map((message) => publishCommand(connection.keys, codec, channel, message.data, message));
    return (await sendAll(connection, commands)) as number[];
  }
}
