import { type Codec, type Outgoing, encodeChannelMessage, encodeStreamEntry } from '../../message/index.js';
import { type Command, type ProducerRequest, runScript, send } from '../producer.js';
import { LIVE_WITHIN, REQUEST_GROUP, cancelChannel } from './request-names.js';
import { APPEND_REQUEST } from './request.scripts.js';

/**
 * The command that sends a message to a channel by its full name.
 *
 * @throws UnencodableMessageError.
 */
export const replyCommand = (channel: string, { data, headers }: Outgoing, codec: Codec): Command => [
  'PUBLISH',
  channel,
  encodeChannelMessage(data, codec, headers),
];

/** Sends requests over streams, answers, and cancellations. */
export class RequestProducer {
  constructor(private readonly request: ProducerRequest) {}

  /** Whether what PUBLISH says of its receivers is true: in a Cluster it only knows those of one node. */
  get knowsReceivers(): boolean {
    return !this.request.connection.keys.clustered;
  }

  /** @returns whether it was appended; otherwise nobody reads requests of the pattern. */
  async append(pattern: string, { data, headers }: Outgoing): Promise<boolean> {
    const { connection, codec } = this.request;
    const args = [REQUEST_GROUP, LIVE_WITHIN, ...encodeStreamEntry(data, codec, headers)];
    return (await runScript(connection, APPEND_REQUEST, [connection.keys.of(pattern)], args)) !== null;
  }

  /** @returns how many callers got it. */
  reply(command: Command): Promise<number> {
    return send(this.request.connection, command) as Promise<number>;
  }

  /** Nobody waits for this request any more. It is said once, where Redis is there; the timeout ends it otherwise. */
  cancel(pattern: string, id: string): void {
    const { connection } = this.request;
    if (!connection.state.isUp) return;
    send(connection, ['PUBLISH', cancelChannel(connection.keys, pattern), id]).catch(() => undefined);
  }
}
