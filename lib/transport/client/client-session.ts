import { RedisConnection } from '../../connection/index.js';
import { flowWire, jsonCodec, nestWire } from '../../message/index.js';
import type { ResolvedClientOptions } from '../../options/index.js';
import { RedisPublisher } from '../../publisher/index.js';
import type { OutgoingPacket } from './outgoing-packet.js';
import { Requests } from './requests.js';

/** What a client has from its first use to its close: a connection of its own, and what goes over it. */
export class ClientSession {
  readonly connection: RedisConnection;
  readonly requests: Requests;
  private readonly publisher: RedisPublisher;
  private readonly wire;

  constructor(private readonly options: ResolvedClientOptions) {
    const { patterns } = options;
    const isNest = patterns.wire === 'nest';
    const codec = isNest ? jsonCodec : options.codec;
    this.wire = isNest ? nestWire : flowWire;
    this.connection = new RedisConnection(options);
    this.publisher = new RedisPublisher(this.connection, codec, () => undefined);
    const { connection, publisher, wire } = this;
    this.requests = new Requests({ connection, publisher, patterns, wire, codec });
  }

  async emit(route: string, { pattern, message }: OutgoingPacket): Promise<void> {
    const { data, headers } = this.wire.message(pattern, message);
    const options = headers && { headers };
    if (this.options.patterns.over === 'stream') await this.publisher.append(route, data, options);
    else await this.publisher.publish(route, data, options);
  }

  async close(): Promise<void> {
    this.requests.close();
    await this.connection.close();
  }
}
