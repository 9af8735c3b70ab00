import { TransientMap } from '../../collections/index.js';
import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { WritePacket } from '@nestjs/microservices';
import type { RedisConnection } from '../../connection/index.js';
import { ClientClosedError, NoConsumerError, errorText } from '../../errors/index.js';
import { RequestProducer, listenForGood, replyChannel } from '../../mechanisms/index.js';
import {
  type Codec,
  type Outgoing,
  type PatternWire,
  type ReceivedReply,
  type RequestFacts,
  decodeChannelMessage,
  nestReplyChannel,
} from '../../message/index.js';
import type { ResolvedPatterns } from '../../options/index.js';
import { callForOne } from '../../publisher/publish-call.js';
import type { RedisPublisher } from '../../publisher/index.js';
import type { OutgoingPacket } from './outgoing-packet.js';
import { PendingRequest } from './pending-request.js';

/** What requests are sent with. */
export interface RequestsParts {
  readonly connection: RedisConnection;
  readonly publisher: RedisPublisher;
  readonly patterns: ResolvedPatterns;
  readonly wire: PatternWire;
  readonly codec: Codec;
}

/** The requests of one client that wait for replies. */
export class Requests {
  private readonly logger = new Logger('RedisFlowClient');
  private readonly client = randomUUID();
  private readonly pending = new TransientMap<string, PendingRequest>();
  private readonly listening = new Map<string, () => Promise<void>>();
  private readonly producer: RequestProducer;
  private count = 0;

  constructor(private readonly parts: RequestsParts) {
    this.producer = new RequestProducer(parts);
  }

  /**
   * Sends a request.
   *
   * @param callback gets each reply, or why there will be none.
   * @returns what to call when nobody waits any more.
   */
  send(route: string, packet: OutgoingPacket, callback: (packet: WritePacket) => void): () => void {
    this.count += 1;
    const id = `${this.client}-${this.count.toString(36)}`;
    const pending = new PendingRequest(route, packet.timeout, callback, {
      forget: () => void this.pending.delete(id),
      cancel: () => this.cancel(route, id),
    });
    this.pending.set(id, pending);
    this.dispatch(route, packet, id, pending).catch((error: unknown) => pending.fail(error));
    return pending.unsubscribe;
  }

  /** Ends all that wait, as nobody will hear their answers. */
  close(): void {
    for (const pending of this.pending.values()) pending.giveUp(new ClientClosedError(pending.pattern));
  }

  private async dispatch(route: string, packet: OutgoingPacket, id: string, pending: PendingRequest): Promise<void> {
    const { patterns, wire } = this.parts;
    const replyTo = this.replyChannelOf(route);
    // What Redis refuses to let it hear would never be answered.
    const method = patterns.over === 'stream' ? 'append' : 'publish';
    await callForOne(method, route, undefined, () => this.listen(replyTo));
    if (pending.over) return;
    const facts: RequestFacts = { id, replyTo, within: packet.timeout };
    const outgoing = wire.message(packet.pattern, packet.message, facts);
    const isTaken =
      patterns.over === 'stream' ? await this.append(route, outgoing) : await this.publish(route, outgoing);
    if (!isTaken) throw new NoConsumerError(route, patterns.over);
  }

  private append(route: string, outgoing: Outgoing): Promise<boolean> {
    return callForOne('append', route, undefined, () => this.producer.append(route, outgoing));
  }

  private async publish(route: string, { data, headers }: Outgoing): Promise<boolean> {
    const receivers = await this.parts.publisher.publish(route, data, headers && { headers });
    return receivers > 0 || !this.producer.knowsReceivers;
  }

  /** One for all requests of the client; Nest's services answer on one for each pattern. */
  private replyChannelOf(route: string): string {
    const { keys } = this.parts.connection;
    return this.parts.patterns.wire === 'nest' ? nestReplyChannel(keys.of(route)) : replyChannel(keys, this.client);
  }

  private listen(channel: string): Promise<void> {
    let whenHeard = this.listening.get(channel);
    if (whenHeard === undefined) {
      // The connection is the client's own: there are no channels of users on it.
      whenHeard = listenForGood(this.parts.connection, () => undefined, channel, this.onReply);
      this.listening.set(channel, whenHeard);
    }
    return whenHeard();
  }

  private readonly onReply = (bytes: Buffer): void => {
    const received = this.read(bytes);
    // Nobody waits for it any more, or, with Nest's services, another client does.
    if (received !== undefined) this.pending.get(received.id)?.receive(received.reply);
  };

  /** Anybody can write to the channel, and a service may have another codec. */
  private read(bytes: Buffer): ReceivedReply | undefined {
    const { wire, codec } = this.parts;
    try {
      return wire.readReply(decodeChannelMessage(bytes, codec));
    } catch (error) {
      this.logger.error(`A reply cannot be decoded and is left out (${errorText(error)})`);
      return undefined;
    }
  }

  /** Nest's services know nothing of that. */
  private cancel(route: string, id: string): void {
    if (this.parts.patterns.wire !== 'nest') this.producer.cancel(route, id);
  }
}
