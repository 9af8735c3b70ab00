import { Cluster } from 'ioredis';
import { type RedisClient, subscriberLinksOf } from './client-inside.js';
import { destroyClient } from './create-client.js';
import { followLinks } from './link-state.js';
import { watchLinks } from './link-watch.js';
import { type ReceiveMessage, type SubjectKind, tapMessages } from './message-tap.js';

/** What Redis is asked for: a channel, a glob, or a sharded channel. */
export interface Subject {
  readonly kind: SubjectKind;
  readonly name: string;
}

/** What comes over the link, and how the link is. */
export interface SubscriberEvents {
  readonly message: ReceiveMessage;
  /** The link is there, without any subscription. */
  up(): void;
  /** The link was lost. `lastSign`: when Redis was heard last, ms since 1970 by the clock of this process. */
  down(lastSign: number): void;
}

/**
 * The client for subscriptions. It reconnects by itself; which subscriptions are to be made then is for its user to say,
 * as only they know when one is confirmed and what was missed.
 */
export class Subscriber {
  private readonly links: ReturnType<typeof followLinks>;
  private readonly endWatch: () => void;
  private hasLink = false;
  private lastSign = Date.now();

  constructor(
    private readonly client: RedisClient,
    private readonly events: SubscriberEvents,
  ) {
    // ioredis' own way leaves a refused subscription as an unhandled rejection.
    if (!(client instanceof Cluster)) client.options.autoResubscribe = false;
    // The command client speaks for the connection; this one fails and recovers with it.
    client.on('error', () => undefined);
    this.listen();
    const sign = (): void => void (this.lastSign = Date.now());
    const links = () => subscriberLinksOf(client) ?? [client];
    this.links = followLinks(client, { up: this.onUp, down: this.onDown });
    this.endWatch = watchLinks(links, sign);
    if (client.status === 'wait') client.connect().catch(() => undefined);
  }

  get isUp(): boolean {
    return this.hasLink;
  }

  /** Resolves when Redis has confirmed. */
  async subscribe({ kind, name }: Subject): Promise<void> {
    if (kind === 'glob') await this.client.psubscribe(name);
    else if (kind === 'shard') await this.client.ssubscribe(name);
    else await this.client.subscribe(name);
    this.links.look();
  }

  async unsubscribe({ kind, name }: Subject): Promise<void> {
    if (kind === 'glob') await this.client.punsubscribe(name);
    else if (kind === 'shard') await this.client.sunsubscribe(name);
    else await this.client.unsubscribe(name);
  }

  close(): void {
    this.hasLink = false;
    this.links.end();
    this.endWatch();
    destroyClient(this.client);
  }

  private listen(): void {
    const { client } = this;
    if (!(client instanceof Cluster)) tapMessages(client, this.receive);
    client.on('messageBuffer', (channel: Buffer, message: Buffer) => {
      const name = channel.toString();
      this.receive('channel', name, name, message);
    });
    client.on('smessageBuffer', (channel: Buffer, message: Buffer) => {
      const name = channel.toString();
      this.receive('shard', name, name, message);
    });
    client.on('pmessageBuffer', (glob: string | Buffer, channel: Buffer, message: Buffer) => {
      this.receive('glob', glob.toString(), channel.toString(), message);
    });
  }

  private readonly receive: ReceiveMessage = (kind, name, channel, message) => {
    this.lastSign = Date.now();
    this.events.message(kind, name, channel, message);
  };

  private readonly onUp = (): void => {
    this.hasLink = true;
    this.lastSign = Date.now();
    this.events.up();
  };

  private readonly onDown = (): void => {
    this.hasLink = false;
    this.events.down(this.lastSign);
  };
}
