import { type HeaderRecord, encodeEnvelope, encodeStreamEntry } from '../../message/index.js';
import { type ProducerRequest, runScript } from '../producer.js';
import { NOTIFY } from './notify.script.js';

/** How many notifications a history keeps where nothing else is said. */
const MAX_LENGTH = 10_000;

export interface NotificationOptions {
  readonly history: string;
  readonly maxLength?: number | undefined;
  readonly headers?: HeaderRecord | undefined;
}

/** Publishes on channels and keeps what was published. */
export class NotificationProducer {
  constructor(private readonly request: ProducerRequest) {}

  async notify(
    channel: string,
    data: unknown,
    options: NotificationOptions,
  ): Promise<{ id: string; receivers: number }> {
    const { connection, codec } = this.request;
    const { history, maxLength = MAX_LENGTH, headers } = options;
    const envelope = encodeEnvelope(data, codec, headers).slice(1);
    const args = [connection.keys.of(channel), maxLength, envelope, ...encodeStreamEntry(data, codec, headers)];
    const reply = await runScript(connection, NOTIFY, [connection.keys.of(history)], args);
    const [id, receivers] = reply as [id: Buffer, receivers: number];
    return { id: id.toString('latin1'), receivers };
  }
}
